/* Arm's two-wire serial bus controller SBCon (Arm DDI 0405), as on the MPS2 and MPS3 boards: two open-drain pins that the core
 * moves itself. The bus of tmp102/tmp102.h. A reading takes some 2,500 instructions, in the least urgent task. */
#ifndef ARM_SBCON_H
#define ARM_SBCON_H

#include <stdint.h>

/* The board's. */
extern const uint32_t arm_sbcon_base;

#endif
