/* The MPS2's images of Armv7-M cores (AN385, AN386, AN500): where the peripherals lie, and which interrupt goes to which driver
 * (QEMU 7.2, hw/arm/mps2.c). */
#include "stator/board.h"

#include "arm_nvic/arm_nvic.h"
#include "arm_sbcon/arm_sbcon.h"
#include "arm_semihosting/arm_semihosting.h"
#include "cmsdk_dual_timer/cmsdk_dual_timer.h"
#include "cmsdk_timer/cmsdk_timer.h"
#include "cmsdk_uart/cmsdk_uart.h"
#include "timer_replay/timer_replay.h"
#include "tmp102/tmp102.h"

#include "memory_plan.h"

#define TIMER0_IRQ    8u
#define DUALTIMER_IRQ 10u
#define PRIORITY_BITS 3u

#define TIMER0 0x40000000u

const struct cmsdk_uart cmsdk_uart_port = {.base = 0x40004000u, .clock_hz = 25000000u, .baud = STATOR_TELEMETRY_BAUD};
const uintptr_t cmsdk_dual_timer_base = 0x40002000u;
const uintptr_t cmsdk_timer_clock_base = 0x40001000u;
const uint32_t arm_sbcon_base = 0x4002a000u;
const uint8_t tmp102_address = 0x48;

/* Interrupts 0 and on, behind the core's own vectors. */
const arm_vector stator_board_vectors[] __attribute__((section(".vectors.board"), used)) = {
    [TIMER0_IRQ] = timer_replay_interrupt,
    [DUALTIMER_IRQ] = cmsdk_uart_interrupt,
};

void timer_replay_start(uint32_t period) {
    cmsdk_timer_start(TIMER0, period);
}

void timer_replay_clear(void) {
    cmsdk_timer_clear(TIMER0);
}

void stator_board_init(void) {
    arm_nvic_enable(TIMER0_IRQ, STATOR_PRIORITY_TIMER0, PRIORITY_BITS);
    arm_nvic_enable(DUALTIMER_IRQ, STATOR_PRIORITY_UART0, PRIORITY_BITS);
}

_Noreturn void stator_board_exit(int status) {
    arm_semihosting_exit(status);
}
