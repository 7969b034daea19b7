/* sources: firmware/drivers/cmsdk_uart/cmsdk_uart.c firmware/drivers/cmsdk_dual_timer/cmsdk_dual_timer.c
 * The UART and the timer are memory here. A byte goes out when the test calls the interrupt. */
#include "cmsdk_dual_timer/cmsdk_dual_timer.h"
#include "cmsdk_uart/cmsdk_uart.h"

#include <string.h>

#include "check.h"

#include "stator/uart.h"

static uint32_t registers[5];
static uint32_t timer[4];
const struct cmsdk_uart cmsdk_uart_port = {.base = (uintptr_t)registers, .clock_hz = 20000000, .baud = 115200};
const uintptr_t cmsdk_dual_timer_base = (uintptr_t)timer;
static unsigned sent;

void stator_uart_sent_from_isr(void) {
    sent++;
}

int main(void) {
    stator_uart_init();
    CHECK(registers[4] == 174); /* 20 MHz / 115200, to the nearest */
    CHECK(registers[2] == 1);   /* transmitter; its interrupt stays off */

    CHECK(stator_uart_send(NULL, 3) == -EINVAL);
    CHECK(stator_uart_send((const uint8_t *)"x", 0) == -EINVAL);
    CHECK(timer[2] == 0);
    for (int round = 0; round < 2; round++) {
        const uint8_t line[] = "F,12\n";
        char out[8] = {0};
        sent = 0;
        CHECK(stator_uart_send(line, 5) == 0);
        CHECK(timer[0] == 1736); /* 10 bits */
        CHECK(timer[2] == 0xe2);
        for (unsigned i = 0; i < 5; i++) {
            CHECK(stator_uart_send(line, 5) == -EBUSY);
            CHECK(sent == 0);
            out[i] = (char)registers[0];
            registers[1] = 1; /* the byte is still there: nothing may be written over it */
            registers[0] = '?';
            cmsdk_uart_interrupt();
            CHECK(registers[0] == '?');
            CHECK(sent == 0);
            registers[1] = 0;
            cmsdk_uart_interrupt();
        }
        CHECK(strcmp(out, "F,12\n") == 0);
        CHECK(sent == 1);
        CHECK(timer[2] == 0);
        cmsdk_uart_interrupt(); /* one that nobody asked for */
        CHECK(sent == 1);
    }
    return 0;
}
