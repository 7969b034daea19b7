/* GD32VF103 on a Longan Nano or alike: clocks, pins, and which interrupt goes to which driver. */
#include "stator/board.h"

#include "gd32_adc/gd32_adc.h"
#include "gd32_rcu/gd32_rcu.h"
#include "gd32_usart/gd32_usart.h"
#include "nuclei_eclic/nuclei_csr.h"
#include "nuclei_eclic/nuclei_eclic.h"
#include "register/register.h"

#include "stator/fail.h"
#include "stator/watchdog.h"

#include "registers.h"

const uint8_t gd32_adc_channels[] = {0, 1, 2, 3, 4, 5}; /* PA0 and on */

_Static_assert(STATOR_INTERRUPT_COUNT == NUCLEI_ECLIC_COUNT, "the chip's interrupts, the core's among them");

const nuclei_vector stator_board_vectors[NUCLEI_ECLIC_COUNT] __attribute__((section(".vectors.board"), aligned(512), used)) = {
    [NUCLEI_SOFTWARE_INTERRUPT] = nuclei_software_interrupt,
    [NUCLEI_TIMER_INTERRUPT] = nuclei_timer_interrupt,
    [DMA0_Channel0_IRQn] = gd32_adc_dma_interrupt,
    [DMA0_Channel3_IRQn] = gd32_usart_dma_interrupt,
};

void stator_board_init(void) {
    nuclei_eclic_start(stator_board_vectors, nuclei_eclic_common, nuclei_eclic_exception);
    if (gd32_rcu_start()) {
        stator_fail("the 8 MHz crystal does not start");
    }
    nuclei_eclic_enable(DMA0_Channel0_IRQn, DMA0_Channel0_PRIORITY, NUCLEI_COMMON);
    nuclei_eclic_enable(DMA0_Channel3_IRQn, DMA0_Channel3_PRIORITY, NUCLEI_COMMON);
}

_Noreturn void stator_board_exit(int status) {
    (void)status; /* nobody waits for it but the watchdog, which resets; it may not have been started yet */
    stator_watchdog_start();
    nuclei_interrupts_off();
    for (;;) {
        stator_sleep();
    }
}
