/* The tick by TIMER0, in place of SysTick, which stands still while a Nordic core sleeps. Replaces what the kernel's port defines
 * weakly for this purpose. */
#include "FreeRTOS.h"

#include "arm_nvic/arm_nvic.h"
#include "nordic_timer/nordic_timer.h"

#include "registers.h"

#define TICKS (NORDIC_TIMER_HZ / configTICK_RATE_HZ)
_Static_assert(NORDIC_TIMER_HZ % configTICK_RATE_HZ == 0, "the tick would drift");

void vPortSetupTimerInterrupt(void);
void SysTick_Handler(void); /* the kernel's tick, whoever calls it */

void vPortSetupTimerInterrupt(void) {
    arm_nvic_enable(TIMER0_IRQn, configKERNEL_INTERRUPT_PRIORITY >> (8u - configPRIO_BITS), configPRIO_BITS);
    nordic_timer_interrupts(TIMER0_BASE, TICKS);
    nordic_timer_start(TIMER0_BASE);
}

void nordic_tick_interrupt(void) {
    nordic_timer_served(TIMER0_BASE);
    SysTick_Handler();
}
