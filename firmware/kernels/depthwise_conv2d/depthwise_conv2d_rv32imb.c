/* Depthwise convolution for RV32IM with Zbb: as depthwise_conv2d_rv32im.c, but depthwise_conv2d_rv32imb.S computes. */
#include "depthwise_conv2d/depthwise_conv2d.h"

#define stator_depthwise_conv2d_rv32im_pixel    stator_depthwise_conv2d_rv32imb_pixel
#define stator_depthwise_conv2d_rv32im_pixel3x3 stator_depthwise_conv2d_rv32imb_pixel3x3
#define stator_depthwise_conv2d_s8__rv32im      stator_depthwise_conv2d_s8__rv32imb
#include "depthwise_conv2d/depthwise_conv2d_rv32im.c"
