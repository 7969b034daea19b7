/* Nordic TIMER: one instance gives the sampling period, another one counts samples in hardware. nRF5340 Product Specification. */
#ifndef NORDIC_TIMER_H
#define NORDIC_TIMER_H

#include <stdint.h>

/* Prepares the timer at `base` to publish an event on `channel` every `ticks` periods of 16 MHz (at least 2). Stopped. */
void nordic_timer_periodic(uint32_t base, uint32_t ticks, uint32_t channel);

/* Prepares the timer at `base` to count the events of `count` from 0, modulo 2^32, and to take a copy of the count at each event
 * of `capture`. Running. */
void nordic_timer_counter(uint32_t base, uint32_t count, uint32_t capture);

/* Starts a prepared timer. */
void nordic_timer_start(uint32_t base);

/* The copy of the count that the last event of `capture` took. */
uint32_t nordic_timer_captured(uint32_t base);

#endif
