/* nRF5340 DK, application core: clocks, pins, and which interrupt goes to which driver. The core stays in the secure state. */
#include "stator/board.h"

#include "arm_nvic/arm_nvic.h"
#include "nordic_clock/nordic_clock.h"
#include "nordic_saadc/nordic_saadc.h"
#include "nordic_timer/nordic_timer.h"
#include "nordic_twim/nordic_twim.h"
#include "nordic_uarte/nordic_uarte.h"
#include "register/register.h"
#include "tmp102/tmp102.h"

#include "stator/fail.h"
#include "stator/watchdog.h"

#include "registers.h"

#define PRIORITY_BITS 3u
#define TRIMS         32u
#define EMPTY         0xffffffffu /* flash never written */

const struct nordic_saadc_inputs nordic_saadc_inputs[] = {{0, 1}, {2, 3}, {4, 5}, {6, 7}}; /* AIN0 = P0.04, AIN1 = P0.05 and on */
const struct nordic_uarte_pins nordic_uarte_txd = {.port = 0, .pin = 20};                  /* to the DK's interface chip */
const struct nordic_twim_pins nordic_twim_pins = {.port = 1, .scl = 3, .sda = 2};          /* the DK's SCL and SDA */
const uint8_t tmp102_address = 0x48;                                                       /* ADD0 to ground */

/* Interrupts 0 and on, behind the core's own vectors. */
const arm_vector stator_board_vectors[STATOR_INTERRUPT_COUNT] __attribute__((section(".vectors.board"), used)) = {
    [SAADC_IRQn] = nordic_saadc_interrupt,
    [TIMER0_IRQn] = nordic_tick_interrupt,
    [SERIAL0_IRQn] = nordic_uarte_interrupt,
};

/* Factory trims, which the chip leaves to its firmware (PS, FICR, TRIMCNF). */
static void trim(void) {
    for (uint32_t i = 0; i < TRIMS; i++) {
        uint32_t address = stator_read32(FICR_BASE + FICR_TRIMCNF_ADDR(i));
        if (address == EMPTY) {
            break;
        }
        stator_write32(address, stator_read32(FICR_BASE + FICR_TRIMCNF_DATA(i)));
    }
}

/* Errata of the nRF5340, 160: settings of undocumented registers, as Nordic's own start-up (nrfx, mdk) makes them. They concern
 * the variants from 5 on; the variant too stands in an undocumented word. */
static void mend(void) {
    static const struct {
        uint32_t address;
        uint32_t value;
    } settings[] = {
        {0x5000470cu, 0x7e}, {0x5000493cu, 0x7e}, {0x50002118u, 0x7f}, {0x50039e04u, 0}, {0x50039e08u, 0},
        {0x50101110u, 0},    {0x50002124u, 0},    {0x5000212cu, 0},    {0x502012a0u, 0},
    };
    if (stator_read32(FICR_BASE + 0x134u) < 5u) {
        return;
    }
    for (unsigned i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
        stator_write32(settings[i].address, settings[i].value);
    }
}

void stator_board_init(void) {
    trim();
    mend();
    /* The debugger stays out or in as UICR says, also after this reset (PS, APPROTECT). */
    stator_write32(CTRLAP_BASE + CTRLAP_APPROTECT_DISABLE, stator_read32(UICR_BASE + UICR_APPROTECT));
    stator_write32(CTRLAP_BASE + CTRLAP_SECUREAPPROTECT_DISABLE, stator_read32(UICR_BASE + UICR_SECUREAPPROTECT));
    stator_write32(CACHE_BASE + CACHE_ENABLE, CACHE_ENABLE_ENABLE_Msk); /* flash has wait states */
    if (nordic_clock_start()) {
        stator_fail("the 32 MHz crystal does not start");
    }
    arm_nvic_enable(SAADC_IRQn, SAADC_PRIORITY, PRIORITY_BITS);
    arm_nvic_enable(SERIAL0_IRQn, SERIAL0_PRIORITY, PRIORITY_BITS);
}

_Noreturn void stator_board_exit(int status) {
    (void)status; /* nobody waits for it but the watchdog, which resets; it may not have been started yet */
    stator_watchdog_start();
    for (;;) {
        stator_sleep();
    }
}
