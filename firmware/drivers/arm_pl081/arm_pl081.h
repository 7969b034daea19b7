/* Arm PL081 DMA controller, channel 0, memory to memory, halfwords. */
#ifndef ARM_PL081_H
#define ARM_PL081_H

#include <stdbool.h>
#include <stdint.h>

#include "stator/common.h"

#define ARM_PL081_MOST  4095u                                              /* halfwords that one transfer counts */
#define ARM_PL081_PARTS ((STATOR_HALF_SAMPLES - 1u) / ARM_PL081_MOST + 1u) /* transfers of a copy, at most */

/* Given by the board. */
extern const uintptr_t arm_pl081_base;

/* Turns the controller on. False: no PL081 answers there. */
bool arm_pl081_init(void);

/* Starts copying `halfwords` (1 to ARM_PL081_PARTS * ARM_PL081_MOST) from `from` to `to`, both aligned to 2, in one transfer or
 * in a chain of them; the terminal-count interrupt comes when all is copied. The channel must be idle. */
void arm_pl081_copy(int16_t *to, const int16_t *from, uint32_t halfwords);

/* Acknowledges the terminal count; false if the channel has not reached it. */
bool arm_pl081_done(void);

/* Acknowledges an error; false if there was none. */
bool arm_pl081_failed(void);

#endif
