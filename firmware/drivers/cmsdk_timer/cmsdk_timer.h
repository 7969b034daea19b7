/* Arm CMSDK APB timer: 32 bits, counts down, reloads by itself. The second one of a board implements stator/clock.h. */
#ifndef CMSDK_TIMER_H
#define CMSDK_TIMER_H

#include <stdint.h>

/* Given by the board: the timer that runs freely and is read as the clock. */
extern const uintptr_t cmsdk_timer_clock_base;

/* Starts the timer at `base`: an interrupt every `period` >= 2 clocks, exactly, however late it is served. */
void cmsdk_timer_start(uintptr_t base, uint32_t period);

/* Acknowledges its interrupt. */
void cmsdk_timer_clear(uintptr_t base);

#endif
