/* GigaDevice general timers of the GD32VF103: TIMER2 gives the sampling period, TIMER1 counts the periods in hardware.
 * GD32VF103 User Manual. Both run at 108 MHz (APB1 divides by 2, so its timers get twice its clock). */
#ifndef GD32_TIMER_H
#define GD32_TIMER_H

#include <stdint.h>

/* Prepares TIMER2 to give a trigger (TRGO, on update) every `ticks` clocks (2 to 65,536), and TIMER1 to count these triggers from
 * 0. TIMER1 runs, TIMER2 does not yet. */
void gd32_timer_prepare(uint32_t ticks);

/* Starts TIMER2. The first trigger comes after one period. */
void gd32_timer_start(void);

/* Triggers so far, modulo 2^16. */
uint32_t gd32_timer_triggers(void);

#endif
