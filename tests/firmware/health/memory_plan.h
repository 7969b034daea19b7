/* What test_health.c takes of a memory plan. */
#ifndef STATOR_MEMORY_PLAN_H
#define STATOR_MEMORY_PLAN_H

#include <stdint.h>

#define STATOR_SAMPLE_LEAST (-2048)
#define STATOR_SAMPLE_MOST  2047

extern uint8_t stator_crash[120];

#endif
