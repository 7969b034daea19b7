/* 16550 UART, sending only, by its transmit-empty interrupt with the 16-byte FIFO. Implements stator/uart.h. */
#ifndef NS16550_H
#define NS16550_H

#include <stdint.h>

struct ns16550 {
    uintptr_t base;   /* registers one byte apart */
    uint16_t divisor; /* of the baud clock for 115200 baud */
};

/* Given by the board. */
extern const struct ns16550 ns16550_port;

/* The board calls it from the UART's interrupt. */
void ns16550_interrupt(void);

#endif
