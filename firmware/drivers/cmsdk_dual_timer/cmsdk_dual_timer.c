#include "cmsdk_dual_timer/cmsdk_dual_timer.h"

#include "cmsdk_uart/cmsdk_uart.h"

#define LOAD     0x00u
#define CONTROL  0x08u
#define INTCLEAR 0x0cu

#define PERIODIC 0xe2u /* enabled, periodic, interrupt, 32 bits */

static volatile uint32_t *reg(uint32_t offset) {
    return (volatile uint32_t *)(cmsdk_dual_timer_base + offset);
}

void cmsdk_uart_pace(uint32_t clocks) {
    *reg(LOAD) = clocks;
    *reg(CONTROL) = PERIODIC;
}

void cmsdk_uart_rest(void) {
    *reg(CONTROL) = 0;
    *reg(INTCLEAR) = 1;
}

void cmsdk_uart_paced(void) {
    *reg(INTCLEAR) = 1;
}
