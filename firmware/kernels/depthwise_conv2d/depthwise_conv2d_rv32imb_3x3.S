/* Depthwise 3x3 for RV32IM with Zbb: depthwise_conv2d_rv32im_3x3.S with its limits. */
#define STATOR_ZBB
#define stator_depthwise_conv2d_rv32im_line stator_depthwise_conv2d_rv32imb_line
#define stator_depthwise_conv2d_rv32im_gather stator_depthwise_conv2d_rv32imb_gather
#include "depthwise_conv2d/depthwise_conv2d_rv32im_3x3.S"
