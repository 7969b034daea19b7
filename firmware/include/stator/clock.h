/* A free-running counter for measuring how long code takes.
 *
 * What one unit is depends on the board and is said in its board.yml (`counter`): on QEMU it resolves single
 * instructions (never call it cycles there), on a chip it counts core clock cycles (DWT CYCCNT, mcycle).
 */
#ifndef STATOR_CLOCK_H
#define STATOR_CLOCK_H

#include <stdint.h>

/* Starts the counter. Call once, before the scheduler starts. */
void stator_clock_start(void);

/* The counter now; wraps at 2^32. Callable from anywhere, interrupts included; does not block. */
uint32_t stator_clock_now(void);

#endif
