#include "sse_timer/sse_timer.h"

#include "cmsdk_uart/cmsdk_uart.h"

#include "stator/clock.h"

#define CNTPCT_LOW  0x00u
#define CNTPCT_HIGH 0x04u
#define CVAL_LOW    0x20u
#define CVAL_HIGH   0x24u
#define CTL         0x2cu

#define CTL_ENABLE   0x1u
#define CNTCR_ENABLE 0x1u

static uint32_t uart_clocks;

static volatile uint32_t *reg(uintptr_t base, uint32_t offset) {
    return (volatile uint32_t *)(base + offset);
}

static uint64_t counter(uintptr_t base) {
    uint32_t high = *reg(base, CNTPCT_HIGH);
    uint32_t low = *reg(base, CNTPCT_LOW);
    uint32_t again = *reg(base, CNTPCT_HIGH);
    return (uint64_t)again << 32 | (again == high ? low : 0u); /* the lower half wrapped in between: just now */
}

/* Never, then the lower half, then the upper: no moment in between is in the past. */
static void due(uintptr_t base, uint64_t at) {
    *reg(base, CVAL_HIGH) = UINT32_MAX;
    *reg(base, CVAL_LOW) = (uint32_t)at;
    *reg(base, CVAL_HIGH) = (uint32_t)(at >> 32);
}

void sse_timer_start(uintptr_t base, uint32_t period) {
    due(base, (counter(base) + period) & ~(uint64_t)(SSE_TIMER_STEP - 1u));
    *reg(base, CTL) = CTL_ENABLE;
}

void sse_timer_next(uintptr_t base, uint32_t period) {
    due(base, ((uint64_t)*reg(base, CVAL_HIGH) << 32 | *reg(base, CVAL_LOW)) + period);
}

void stator_clock_start(void) {
    *reg(sse_timer_counter, 0) = CNTCR_ENABLE;
}

uint32_t stator_clock_now(void) {
    return *reg(sse_timer_uart, CNTPCT_LOW);
}

void cmsdk_uart_pace(uint32_t clocks) {
    uart_clocks = (clocks + SSE_TIMER_STEP - 1u) & ~(SSE_TIMER_STEP - 1u);
    sse_timer_start(sse_timer_uart, uart_clocks);
}

void cmsdk_uart_rest(void) {
    *reg(sse_timer_uart, CTL) = 0;
}

void cmsdk_uart_paced(void) {
    sse_timer_next(sse_timer_uart, uart_clocks);
}
