/* Matrix products for RV32IM with Zbb: as fully_connected_rv32im.c, but fully_connected_rv32imb.S computes. */
#include "fully_connected/fully_connected.h"

#define stator_fully_connected_rv32im_row stator_fully_connected_rv32imb_row
#define stator_fully_connected_s8__rv32im stator_fully_connected_s8__rv32imb
#include "fully_connected/fully_connected_rv32im.c"
