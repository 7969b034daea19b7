/* Convolution for RV32IM with Zbb: as conv2d_rv32im.c, but conv2d_rv32imb.S computes. */
#include "conv2d/conv2d.h"

#define stator_conv2d_rv32im_block stator_conv2d_rv32imb_block
#define stator_conv2d_rv32im_pixel stator_conv2d_rv32imb_pixel
#define stator_conv2d_s8__rv32im   stator_conv2d_s8__rv32imb
#include "conv2d/conv2d_rv32im.c"
