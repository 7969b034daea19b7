/* Depthwise 3x3 for RV32IM with Zbb: as depthwise_conv2d_rv32im_3x3.c, but depthwise_conv2d_rv32imb_3x3.S computes. */
#include "depthwise_conv2d/depthwise_conv2d.h"

#define stator_depthwise_conv2d_rv32im_line    stator_depthwise_conv2d_rv32imb_line
#define stator_depthwise_conv2d_rv32im_gather  stator_depthwise_conv2d_rv32imb_gather
#define stator_depthwise_conv2d_s8__rv32im_3x3 stator_depthwise_conv2d_s8__rv32imb_3x3
#include "depthwise_conv2d/depthwise_conv2d_rv32im_3x3.c"
