/* Depthwise convolution for RV32IM with Zbb: depthwise_conv2d_rv32im.S with its limits. */
#define STATOR_ZBB
#define stator_depthwise_conv2d_rv32im_pixel stator_depthwise_conv2d_rv32imb_pixel
#define stator_depthwise_conv2d_rv32im_pixel3x3 stator_depthwise_conv2d_rv32imb_pixel3x3
#include "depthwise_conv2d/depthwise_conv2d_rv32im.S"
