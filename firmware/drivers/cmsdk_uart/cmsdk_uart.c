#include "cmsdk_uart/cmsdk_uart.h"

#include "stator/uart.h"

#define DATA    0x00u
#define STATE   0x04u
#define CTRL    0x08u
#define BAUDDIV 0x10u

#define STATE_TX_FULL 0x1u
#define CTRL_TX       0x1u

#define BITS 10u /* of a byte on the line: start, eight, stop */

static const uint8_t *volatile next;
static volatile size_t left;

static volatile uint32_t *uart(uint32_t offset) {
    return (volatile uint32_t *)(cmsdk_uart_port.base + offset);
}

void stator_uart_init(void) {
    left = 0;
    cmsdk_uart_rest();
    *uart(CTRL) = 0;
    *uart(BAUDDIV) = (cmsdk_uart_port.clock_hz + cmsdk_uart_port.baud / 2u) / cmsdk_uart_port.baud;
    *uart(CTRL) = CTRL_TX;
}

int stator_uart_send(const uint8_t *data, size_t bytes) {
    if (!data || bytes == 0) {
        return -EINVAL;
    }
    if (left > 0) {
        return -EBUSY;
    }
    next = data + 1;
    left = bytes;
    *uart(DATA) = data[0]; /* the interrupt comes when this byte has left, and sends the rest */
    cmsdk_uart_pace(cmsdk_uart_port.clock_hz * BITS / cmsdk_uart_port.baud);
    return 0;
}

void cmsdk_uart_interrupt(void) {
    cmsdk_uart_paced();
    if (left == 0 || (*uart(STATE) & STATE_TX_FULL)) {
        return;
    }
    if (left > 1) {
        left--;
        const uint8_t *at = next;
        next = at + 1;
        *uart(DATA) = *at;
    } else {
        cmsdk_uart_rest();
        left = 0;
        stator_uart_sent_from_isr();
    }
}

void stator_uart_panic(const char *text) {
    cmsdk_uart_rest();
    *uart(CTRL) = CTRL_TX;
    for (; *text != '\0'; text++) {
        while (*uart(STATE) & STATE_TX_FULL) {
        }
        *uart(DATA) = (uint8_t)*text;
    }
}
