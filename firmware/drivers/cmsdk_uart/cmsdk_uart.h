/* Arm CMSDK APB UART, sending only, a byte per interrupt. Implements stator/uart.h.
 *
 * The interrupt is not the UART's own but that of a timer, once per byte's time on the line. QEMU's model of the UART sends a
 * byte in no time whatever its baud rate, so its own interrupt would come again at once, byte after byte, and hold every task off
 * until a whole line is out. On hardware both come at the same pace; a byte that has not left yet waits for the next.
 */
#ifndef CMSDK_UART_H
#define CMSDK_UART_H

#include <stdint.h>

struct cmsdk_uart {
    uintptr_t base;
    uint32_t clock_hz; /* of it and of the timer that paces it */
    uint32_t baud;
};

/* Given by the board. */
extern const struct cmsdk_uart cmsdk_uart_port;

/* The timer's interrupt; the board puts it into its vector table. */
void cmsdk_uart_interrupt(void);

/* Given by the driver of a timer, cmsdk_dual_timer or sse_timer. */
void cmsdk_uart_pace(uint32_t clocks); /* from now on an interrupt every so many clocks */
void cmsdk_uart_rest(void);            /* no more of them */
void cmsdk_uart_paced(void);           /* acknowledges one */

#endif
