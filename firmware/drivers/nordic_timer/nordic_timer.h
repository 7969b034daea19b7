/* Nordic TIMER: one instance gives the sampling period, another one counts samples in hardware, a third the RTOS's tick. nRF5340
 * Product Specification. */
#ifndef NORDIC_TIMER_H
#define NORDIC_TIMER_H

#include <stdint.h>

#define NORDIC_TIMER_HZ 16000000u

/* Prepares the timer at `base` to publish an event on `channel` every `ticks` periods of 16 MHz (at least 2). Stopped. */
void nordic_timer_periodic(uint32_t base, uint32_t ticks, uint32_t channel);

/* Prepares the timer at `base` to interrupt every `ticks` periods of NORDIC_TIMER_HZ; nordic_timer_served() ends an interrupt's
 * cause. Stopped. */
void nordic_timer_interrupts(uint32_t base, uint32_t ticks);
void nordic_timer_served(uint32_t base);

/* Prepares the timer at `base` to count the events of `count` from 0, modulo 2^32, and to take a copy of the count at each event
 * of `capture`. Running. */
void nordic_timer_counter(uint32_t base, uint32_t count, uint32_t capture);

/* Starts a prepared timer. */
void nordic_timer_start(uint32_t base);

/* Implemented by the RTOS's port: the interrupt of TIMER0, not to be called. Without an RTOS there is none. */
void nordic_tick_interrupt(void) __attribute__((weak));

/* The copy of the count that the last event of `capture` took. */
uint32_t nordic_timer_captured(uint32_t base);

#endif
