/* AN547: where the peripherals lie (secure aliases), and which interrupt goes to which driver (QEMU 7.2, hw/arm/armsse.c and
 * mps2-tz.c). */
#include "stator/board.h"

#include "arm_nvic/arm_nvic.h"
#include "arm_sbcon/arm_sbcon.h"
#include "arm_semihosting/arm_semihosting.h"
#include "cmsdk_uart/cmsdk_uart.h"
#include "sse_timer/sse_timer.h"
#include "timer_replay/timer_replay.h"
#include "tmp102/tmp102.h"

#include "memory_plan.h"

#define TIMER0_IRQ    3u
#define TIMER1_IRQ    4u
#define PRIORITY_BITS 3u

#define TIMER0 0x58000000u

const struct cmsdk_uart cmsdk_uart_port = {.base = 0x59303000u, .clock_hz = 32000000u, .baud = STATOR_TELEMETRY_BAUD};
const uint32_t arm_sbcon_base = 0x59206000u;
const uint8_t tmp102_address = 0x48;
const uintptr_t sse_timer_counter = 0x58100000u;
const uintptr_t sse_timer_uart = 0x58001000u;

/* Interrupts 0 and on, behind the core's own vectors. */
const arm_vector stator_board_vectors[] __attribute__((section(".vectors.board"), used)) = {
    [TIMER0_IRQ] = timer_replay_interrupt,
    [TIMER1_IRQ] = cmsdk_uart_interrupt,
};

void timer_replay_start(uint32_t period) {
    sse_timer_start(TIMER0, period * SSE_TIMER_STEP);
}

void timer_replay_clear(void) {
    sse_timer_next(TIMER0, STATOR_HALF_TICKS * SSE_TIMER_STEP);
}

void stator_board_init(void) {
    arm_nvic_enable(TIMER0_IRQ, STATOR_PRIORITY_TIMER0, PRIORITY_BITS);
    arm_nvic_enable(TIMER1_IRQ, STATOR_PRIORITY_UART0, PRIORITY_BITS);
}

_Noreturn void stator_board_exit(int status) {
    arm_semihosting_exit(status);
}
