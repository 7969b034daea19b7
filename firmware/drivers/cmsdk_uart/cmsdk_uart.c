#include "cmsdk_uart/cmsdk_uart.h"

#include "stator/uart.h"

#define DATA     0x00u
#define STATE    0x04u
#define CTRL     0x08u
#define INTCLEAR 0x0cu
#define BAUDDIV  0x10u

#define STATE_TX_FULL     0x1u
#define CTRL_TX           0x1u
#define CTRL_TX_INTERRUPT 0x4u
#define INT_TX            0x1u

static const uint8_t *volatile next;
static volatile size_t left;

static volatile uint32_t *reg(uint32_t offset) {
    return (volatile uint32_t *)(cmsdk_uart_port.base + offset);
}

void stator_uart_init(void) {
    left = 0;
    *reg(CTRL) = 0;
    *reg(BAUDDIV) = (cmsdk_uart_port.clock_hz + 57600u) / 115200u;
    *reg(INTCLEAR) = INT_TX;
    *reg(CTRL) = CTRL_TX | CTRL_TX_INTERRUPT;
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
    *reg(DATA) = data[0]; /* the interrupt comes when this byte has left the buffer, and sends the rest */
    return 0;
}

void cmsdk_uart_interrupt(void) {
    *reg(INTCLEAR) = INT_TX;
    if (left > 1) {
        left--;
        const uint8_t *at = next;
        next = at + 1;
        *reg(DATA) = *at;
    } else if (left == 1) {
        left = 0;
        stator_uart_sent_from_isr();
    }
}

void stator_uart_panic(const char *text) {
    *reg(CTRL) = CTRL_TX;
    for (; *text != '\0'; text++) {
        while (*reg(STATE) & STATE_TX_FULL) {
        }
        *reg(DATA) = (uint8_t)*text;
    }
}
