#include "arm_sbcon/arm_sbcon.h"

#include <stdbool.h>

#include "register/register.h"
#include "tmp102/tmp102.h"

#define SET   0u /* writing ones lets a pin go; reading gives the pins */
#define CLEAR 4u
#define SCL   1u
#define SDA   2u

#define HOLD   4u /* reads of the pins: over 1.3 us up to 32 MHz, which 400 kHz asks for */
#define CLOCKS 9u /* what lets go of the bus a sensor that was left in the middle of a byte */

static uint8_t read[TMP102_BYTES];
static bool whole;

/* Functions with a loop stay functions, by these names: tools/stator/timing/system.py bounds them. */
#define ALONE __attribute__((noinline))

static ALONE void sbcon_pin(uint32_t offset, uint32_t bits) {
    stator_write32(arm_sbcon_base + offset, bits);
    (void)stator_wait_set(arm_sbcon_base + SET, 4u, HOLD); /* there is no such pin: only the time passes */
}

static bool high(uint32_t bits) {
    return (stator_read32(arm_sbcon_base + SET) & bits) == bits;
}

/* One clock: sends a bit, 1 by leaving the wire alone; gives what was on the wire. */
static ALONE bool sbcon_bit(bool value) {
    sbcon_pin(value ? SET : CLEAR, SDA);
    sbcon_pin(SET, SCL);
    bool seen = high(SDA);
    sbcon_pin(CLEAR, SCL);
    return seen;
}

/* SDA falls while SCL is high. Also in the middle of a message: a start again. */
static void begin(void) {
    sbcon_pin(SET, SDA);
    sbcon_pin(SET, SCL);
    sbcon_pin(CLEAR, SDA);
    sbcon_pin(CLEAR, SCL);
}

static void end(void) {
    sbcon_pin(CLEAR, SDA);
    sbcon_pin(SET, SCL);
    sbcon_pin(SET, SDA);
}

/* Whether it was acknowledged. */
static ALONE bool sbcon_put(unsigned byte) {
    for (unsigned i = 8; i-- > 0;) {
        (void)sbcon_bit(byte >> i & 1u);
    }
    return !sbcon_bit(true);
}

static ALONE uint8_t sbcon_get(bool more) {
    unsigned byte = 0;
    for (unsigned i = 0; i < 8; i++) {
        byte = byte << 1 | sbcon_bit(true);
    }
    (void)sbcon_bit(!more);
    return (uint8_t)byte;
}

static bool asked(void) {
    begin();
    if (!sbcon_put(tmp102_address * 2u) || !sbcon_put(0)) {
        return false;
    }
    begin();
    return sbcon_put(tmp102_address * 2u + 1u);
}

void tmp102_bus_init(void) {
    sbcon_pin(SET, SCL | SDA);
    whole = false;
}

void tmp102_bus_start(void) {
    whole = false;
    for (unsigned i = 0; i < CLOCKS && !high(SDA); i++) {
        sbcon_pin(SET, SCL);
        sbcon_pin(CLEAR, SCL);
        sbcon_pin(SET, SCL);
    }
    if (!high(SDA | SCL)) {
        return;
    }
    if (asked()) {
        read[0] = sbcon_get(true);
        read[1] = sbcon_get(false);
        whole = true;
    }
    end();
}

int tmp102_bus_take(uint8_t bytes[TMP102_BYTES]) {
    if (!whole) {
        return -EIO;
    }
    bytes[0] = read[0];
    bytes[1] = read[1];
    return 0;
}
