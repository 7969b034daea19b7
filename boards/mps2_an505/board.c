/* AN505: where the peripherals lie (AN505 3.2, secure aliases), and which interrupt goes to which driver (AN505 3.11). */
#include "stator/board.h"

#include "arm_nvic/arm_nvic.h"
#include "arm_pl081/arm_pl081.h"
#include "arm_pl081_replay/arm_pl081_replay.h"
#include "arm_sbcon/arm_sbcon.h"
#include "arm_semihosting/arm_semihosting.h"
#include "cmsdk_dual_timer/cmsdk_dual_timer.h"
#include "cmsdk_timer/cmsdk_timer.h"
#include "cmsdk_uart/cmsdk_uart.h"
#include "cmsdk_watchdog/cmsdk_watchdog.h"
#include "tmp102/tmp102.h"

#include "memory_plan.h"

#define TIMER0_IRQ    3u
#define DUALTIMER_IRQ 5u
#define DMA0_ERROR    56u
#define DMA0_TC_IRQ   57u
#define PRIORITY_BITS 3u

const struct cmsdk_uart cmsdk_uart_port = {.base = 0x50200000u, .clock_hz = 20000000u, .baud = STATOR_TELEMETRY_BAUD};
const uintptr_t cmsdk_dual_timer_base = 0x50002000u;
const struct cmsdk_watchdog cmsdk_watchdog = {.base = 0x50081000u, .clock_hz = 20000000u};
const uintptr_t cmsdk_timer_clock_base = 0x50001000u;
const uint32_t arm_sbcon_base = 0x5020d000u;
const uint8_t tmp102_address = 0x48;
const uintptr_t arm_pl081_base = 0x50110000u;
const uintptr_t arm_pl081_replay_timer = 0x50000000u;

/* Interrupts 0 and on, behind the core's own vectors. */
const arm_vector stator_board_vectors[] __attribute__((section(".vectors.board"), used)) = {
    [TIMER0_IRQ] = arm_pl081_replay_timer_interrupt,
    [DUALTIMER_IRQ] = cmsdk_uart_interrupt,
    [DMA0_ERROR] = arm_pl081_replay_dma_interrupt,
    [DMA0_TC_IRQ] = arm_pl081_replay_dma_interrupt,
};

void stator_board_init(void) {
    arm_nvic_enable(DMA0_TC_IRQ, STATOR_PRIORITY_DMA, PRIORITY_BITS);
    arm_nvic_enable(DMA0_ERROR, STATOR_PRIORITY_DMA, PRIORITY_BITS);
    arm_nvic_enable(TIMER0_IRQ, STATOR_PRIORITY_TIMER0, PRIORITY_BITS);
    arm_nvic_enable(DUALTIMER_IRQ, STATOR_PRIORITY_UART0, PRIORITY_BITS);
}

/* A failure resets, and QEMU ends there unless it was told to go on (-no-reboot); success ends QEMU by semihosting. */
_Noreturn void stator_board_exit(int status) {
    if (status != 0) {
        arm_system_reset();
    }
    arm_semihosting_exit(status);
}
