/* A recorded signal in memory, for boards without a sensor: a simulator puts it at STATOR_SIGNAL_AT before the start.
 *
 *   offset 0   uint32  0x54415453, "STAT"
 *   offset 4   uint32  halves: how many halves of STATOR_HALF_SAMPLES int16 counts follow
 *   offset 64  int16   the samples; after the last half comes the first again
 */
#ifndef REPLAY_H
#define REPLAY_H

#include <stdint.h>

/* Looks at the header. Ends in stator_fail() where there is none, or where it claims more than STATOR_SIGNAL_BYTES hold. */
void replay_init(void);

/* The next half; never ends. */
const int16_t *replay_next(void);

#endif
