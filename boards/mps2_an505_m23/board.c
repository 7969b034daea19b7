/* The same machine as mps2_an505. */
#include "../mps2_an505/board.c"
