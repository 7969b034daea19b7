/* Matrix products for RV32IM with Zbb: fully_connected_rv32im.S with its limits. */
#define STATOR_ZBB
#define stator_fully_connected_rv32im_row stator_fully_connected_rv32imb_row
#include "fully_connected/fully_connected_rv32im.S"
