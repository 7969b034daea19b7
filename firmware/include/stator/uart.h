/* The one serial port of a board, sending only. One driver per image implements this. */
#ifndef STATOR_UART_H
#define STATOR_UART_H

#include "stator/common.h"

/* Prepares the port: 115200 8N1. */
void stator_uart_init(void);

/* Starts sending `bytes` bytes from `data`, which must stay valid and, where the port has DMA, lie in RAM, until
 * stator_uart_sent_from_isr() is called. Task context; does not block. Returns 0; -EBUSY (still sending); -EINVAL. */
STATOR_MUST_CHECK int stator_uart_send(const uint8_t *data, size_t bytes);

/* Implemented by the port; the driver's interrupt calls it when the last byte has been handed to the hardware. */
void stator_uart_sent_from_isr(void);

/* Sends now, by polling, interrupts or not: for the last words of a failing firmware. Blocks until sent. */
void stator_uart_panic(const char *text);

#endif
