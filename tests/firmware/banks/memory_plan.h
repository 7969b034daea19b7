/* An arena in three regions, as a memory plan may have it. */
#ifndef STATOR_MEMORY_PLAN_H
#define STATOR_MEMORY_PLAN_H

#include <stdint.h>

#define STATOR_SAMPLE_CLOCK_HZ 20000000u
#define STATOR_HALF_TICKS      1706667u

extern uint8_t stator_arena[1040];

#endif
