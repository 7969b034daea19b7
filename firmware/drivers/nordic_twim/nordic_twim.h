/* Nordic TWIM1 of the nRF5340 at 100 kHz: both messages by EasyDMA and shortcuts, without an interrupt. nRF5340 Product
 * Specification. The bus of tmp102/tmp102.h. */
#ifndef NORDIC_TWIM_H
#define NORDIC_TWIM_H

#include <stdint.h>

/* The board's: pins of one port (0 or 1). The chip's own pull-ups are on. */
extern const struct nordic_twim_pins {
    uint32_t port;
    uint32_t scl;
    uint32_t sda;
} nordic_twim_pins;

#endif
