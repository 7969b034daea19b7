/* Texas Instruments TMP102, or a TMP105 or TMP275, which lie the same: register 0 holds the temperature, 12 bits at the top of
 * two bytes, the larger one first, 1/16 degree each (a TMP105 as it wakes: 9 bits, half a degree). Implements
 * stator/temperature.h on any bus that gives what is below. */
#ifndef TMP102_H
#define TMP102_H

#include "stator/common.h"

#define TMP102_BYTES 2u

/* The board's: 0x48 to 0x4b by the pin ADD0. */
extern const uint8_t tmp102_address;

/* The bus: one driver per image implements these. */

void tmp102_bus_init(void);

/* Begins: address for writing, a byte of 0, again the address, for reading, TMP102_BYTES bytes. Gives up what is under way. */
void tmp102_bus_start(void);

/* 0: all of it came; -EIO: nobody acknowledged, the bus is held, or it is not through. */
STATOR_MUST_CHECK int tmp102_bus_take(uint8_t bytes[TMP102_BYTES]);

#endif
