#include "ns16550/ns16550.h"

#include "stator/uart.h"

#define THR 0u /* DLL while LCR.DLAB */
#define IER 1u /* DLM while LCR.DLAB */
#define FCR 2u
#define LCR 3u
#define LSR 5u

#define IER_TRANSMIT_EMPTY 0x02u
#define FCR_ENABLE_CLEAR   0x07u
#define LCR_8N1            0x03u
#define LCR_DLAB           0x80u
#define LSR_TRANSMIT_EMPTY 0x20u
#define FIFO_BYTES         16u

static const uint8_t *volatile next;
static volatile size_t left;

static volatile uint8_t *reg(uint32_t offset) {
    return (volatile uint8_t *)(ns16550_port.base + offset);
}

void stator_uart_init(void) {
    left = 0;
    *reg(IER) = 0;
    *reg(LCR) = LCR_DLAB;
    *reg(THR) = (uint8_t)ns16550_port.divisor;
    *reg(IER) = (uint8_t)(ns16550_port.divisor >> 8);
    *reg(LCR) = LCR_8N1;
    *reg(FCR) = FCR_ENABLE_CLEAR;
}

int stator_uart_send(const uint8_t *data, size_t bytes) {
    if (!data || bytes == 0) {
        return -EINVAL;
    }
    if (left > 0) {
        return -EBUSY;
    }
    next = data;
    left = bytes;
    *reg(IER) = IER_TRANSMIT_EMPTY; /* the FIFO is empty, so the interrupt comes at once and fills it */
    return 0;
}

void ns16550_interrupt(void) {
    if (!(*reg(LSR) & LSR_TRANSMIT_EMPTY)) {
        return;
    }
    const uint8_t *at = next;
    size_t bytes = left < FIFO_BYTES ? left : FIFO_BYTES;
    for (const uint8_t *end = at + bytes; at != end; at++) {
        *reg(THR) = *at;
    }
    next = at;
    left -= bytes;
    if (left == 0) {
        *reg(IER) = 0;
        stator_uart_sent_from_isr();
    }
}

void stator_uart_panic(const char *text) {
    *reg(IER) = 0;
    for (; *text != '\0'; text++) {
        while (!(*reg(LSR) & LSR_TRANSMIT_EMPTY)) {
        }
        *reg(THR) = (uint8_t)*text;
    }
}
