#include "nordic_twim/nordic_twim.h"

#include <stdbool.h>

#include "register/register.h"
#include "tmp102/tmp102.h"

#include "registers.h"

#define CLOCKS 9u   /* what lets go of the bus a sensor that was left in the middle of a byte */
#define HOLD   400u /* reads of a register, over 5 us: half a clock of the bus */

/* For EasyDMA, in RAM. */
static uint8_t pointer; /* 0: the temperature */
static uint8_t read[TMP102_BYTES];

static uint32_t port(void) {
    return GPIO0_BASE + nordic_twim_pins.port * (GPIO1_BASE - GPIO0_BASE);
}

static bool free_bus(void) {
    const uint32_t both = 1u << nordic_twim_pins.scl | 1u << nordic_twim_pins.sda;
    return (stator_read32(port() + GPIO_IN) & both) == both;
}

/* Functions with a loop stay functions, by these names: tools/stator/timing/system.py bounds them. */
#define ALONE __attribute__((noinline))

static ALONE void twim_hold(void) {
    (void)stator_wait_set(TWIM1_BASE + TWIM_ENABLE, 1u, HOLD); /* off is 0: only the time passes */
}

/* An open drain with a pull-up, the input connected; as TWIM asks for it (PS, TWIM, pin configuration). */
static void open_drain(uint32_t pin) {
    stator_write32(port() + GPIO_PIN_CNF(pin), STATOR_FIELD(GPIO_PIN_CNF_PULL, GPIO_PIN_CNF_PULL_Pullup) |
                                                   STATOR_FIELD(GPIO_PIN_CNF_DRIVE, GPIO_PIN_CNF_DRIVE_S0D1));
}

static void select(uint32_t psel, uint32_t pin) {
    stator_write32(TWIM1_BASE + psel,
                   STATOR_FIELD(TWIM_PSEL_SCL_PIN, pin) | STATOR_FIELD(TWIM_PSEL_SCL_PORT, nordic_twim_pins.port));
}

void tmp102_bus_init(void) {
    stator_write32(port() + GPIO_OUTSET, 1u << nordic_twim_pins.scl | 1u << nordic_twim_pins.sda);
    open_drain(nordic_twim_pins.scl);
    open_drain(nordic_twim_pins.sda);
    select(TWIM_PSEL_SCL, nordic_twim_pins.scl);
    select(TWIM_PSEL_SDA, nordic_twim_pins.sda);
    stator_write32(TWIM1_BASE + TWIM_FREQUENCY, TWIM_FREQUENCY_FREQUENCY_K100);
    stator_write32(TWIM1_BASE + TWIM_ADDRESS, tmp102_address);
    stator_write32(TWIM1_BASE + TWIM_SHORTS, TWIM_SHORTS_LASTTX_STARTRX_Msk | TWIM_SHORTS_LASTRX_STOP_Msk);
    stator_write32(TWIM1_BASE + TWIM_TXD_PTR, STATOR_ADDRESS(&pointer));
    stator_write32(TWIM1_BASE + TWIM_TXD_MAXCNT, 1);
    stator_write32(TWIM1_BASE + TWIM_RXD_PTR, STATOR_ADDRESS(read));
    stator_write32(TWIM1_BASE + TWIM_RXD_MAXCNT, TMP102_BYTES);
}

/* While TWIM is off the pins are the port's. */
static ALONE void twim_release(void) {
    for (unsigned i = 0; i < CLOCKS && !free_bus(); i++) {
        stator_write32(port() + GPIO_OUTCLR, 1u << nordic_twim_pins.scl);
        stator_write32(port() + GPIO_DIRSET, 1u << nordic_twim_pins.scl);
        twim_hold();
        stator_write32(port() + GPIO_OUTSET, 1u << nordic_twim_pins.scl);
        stator_write32(port() + GPIO_DIRCLR, 1u << nordic_twim_pins.scl);
        twim_hold();
    }
}

void tmp102_bus_start(void) {
    stator_write32(TWIM1_BASE + TWIM_ENABLE, TWIM_ENABLE_ENABLE_Disabled); /* gives up what is under way */
    twim_release();
    stator_write32(TWIM1_BASE + TWIM_EVENTS_STOPPED, 0);
    stator_write32(TWIM1_BASE + TWIM_EVENTS_ERROR, 0);
    stator_write32(TWIM1_BASE + TWIM_ENABLE, TWIM_ENABLE_ENABLE_Enabled);
    stator_write32(TWIM1_BASE + TWIM_TASKS_STARTTX, 1);
}

/* Nobody acknowledged: ERROR, and STOPPED never comes, since the shortcuts wait for the last byte. The bus is held: neither. */
int tmp102_bus_take(uint8_t bytes[TMP102_BYTES]) {
    bool whole = stator_read32(TWIM1_BASE + TWIM_EVENTS_STOPPED) && !stator_read32(TWIM1_BASE + TWIM_EVENTS_ERROR) &&
                 stator_read32(TWIM1_BASE + TWIM_RXD_AMOUNT) == TMP102_BYTES;
    if (!whole) {
        stator_write32(TWIM1_BASE + TWIM_TASKS_STOP, 1);
        return -EIO;
    }
    for (unsigned i = 0; i < TMP102_BYTES; i++) {
        bytes[i] = ((volatile const uint8_t *)read)[i]; /* EasyDMA wrote it */
    }
    return 0;
}
