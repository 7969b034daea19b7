/* Arm CMSDK APB UART, sending only, a byte per transmit interrupt. Implements stator/uart.h. */
#ifndef CMSDK_UART_H
#define CMSDK_UART_H

#include <stdint.h>

struct cmsdk_uart {
    uintptr_t base;
    uint32_t clock_hz; /* of the peripheral */
};

/* Given by the board. */
extern const struct cmsdk_uart cmsdk_uart_port;

/* The transmit interrupt; the board puts it into its vector table. */
void cmsdk_uart_interrupt(void);

#endif
