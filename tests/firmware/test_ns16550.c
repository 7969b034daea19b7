/* sources: firmware/drivers/ns16550/ns16550.c
 * The UART is memory here: its FIFO is always empty, and the last byte written stays in the register. */
#include "ns16550/ns16550.h"

#include "check.h"

#include "stator/uart.h"

static uint8_t registers[8];
const struct ns16550 ns16550_port = {.base = (uintptr_t)registers, .divisor = 0x0102};
static unsigned sent;

void stator_uart_sent_from_isr(void) {
    sent++;
}

int main(void) {
    enum { THR, IER, FCR, LCR, MCR, LSR };
    stator_uart_init();
    CHECK(registers[THR] == 0x02 && registers[IER] == 0x01); /* the divisor, both halves */
    CHECK(registers[LCR] == 0x03);                           /* 8N1, and no longer the divisor's */
    CHECK(registers[FCR] == 0x07);

    uint8_t line[40];
    for (unsigned i = 0; i < sizeof(line); i++) {
        line[i] = (uint8_t)(i + 1);
    }
    CHECK(stator_uart_send(NULL, 1) == -EINVAL);
    CHECK(stator_uart_send(line, 0) == -EINVAL);
    CHECK(stator_uart_send(line, sizeof(line)) == 0);
    CHECK(stator_uart_send(line, sizeof(line)) == -EBUSY);
    CHECK(registers[IER] == 0x02);

    ns16550_interrupt(); /* the FIFO is not empty yet: somebody else's interrupt */
    CHECK(registers[THR] == 0x02);
    registers[LSR] = 0x20;
    const uint8_t last[] = {16, 32, 40}; /* sixteen at a time */
    for (unsigned i = 0; i < 3; i++) {
        CHECK(sent == 0);
        ns16550_interrupt();
        CHECK(registers[THR] == last[i]);
    }
    CHECK(sent == 1);
    CHECK(registers[IER] == 0);
    CHECK(stator_uart_send(line, 1) == 0);
    return 0;
}
