/* System timers of Arm's SSE-300: all compare with one counter of 64 bits, which counts up with the system's clock. The counter
 * is the clock of stator/clock.h; one timer paces cmsdk_uart.h.
 *
 * Interrupts are due at multiples of SSE_TIMER_STEP clocks. QEMU 7.2 keeps time in whole nanoseconds: at 32 MHz it takes any
 * other moment for one just before it, finds that it is too early, and comes back at once, for ever. */
#ifndef SSE_TIMER_H
#define SSE_TIMER_H

#include <stdint.h>

#define SSE_TIMER_STEP 4u

/* Given by the board: the counter's control frame, and the timer that paces the UART, whose interrupt goes to
 * cmsdk_uart_interrupt(). */
extern const uintptr_t sse_timer_counter;
extern const uintptr_t sse_timer_uart;

/* Starts the timer at `base`: an interrupt after `period` clocks, a multiple of SSE_TIMER_STEP. The counter must run. */
void sse_timer_start(uintptr_t base, uint32_t period);

/* Acknowledges its interrupt; the next is due `period` clocks after this one was, however late it is served. */
void sse_timer_next(uintptr_t base, uint32_t period);

#endif
