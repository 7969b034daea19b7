/* Convolution for RV32IM with Zbb: conv2d_rv32im.S with its limits. */
#define STATOR_ZBB
#define stator_conv2d_rv32im_block stator_conv2d_rv32imb_block
#define stator_conv2d_rv32im_pixel stator_conv2d_rv32imb_pixel
#include "conv2d/conv2d_rv32im.S"
