/* Nordic DPPI: an event of one peripheral starts tasks of others through a channel, without the core. nRF5340 Product
 * Specification.
 *
 * A publish or subscribe register belongs to the peripheral whose event or task it is; all of them look alike. */
#ifndef NORDIC_DPPI_H
#define NORDIC_DPPI_H

#include "register/register.h"

#include "registers.h"

/* The channels that the board uses. */
#define NORDIC_DPPI_SAMPLE 0u /* one sampling period has passed */
#define NORDIC_DPPI_HALF   1u /* a half is full */

/* Connects the event or task of the PUBLISH or SUBSCRIBE register at `address` to `channel`. */
static inline void nordic_dppi_connect(uint32_t address, uint32_t channel) {
    stator_write32(address, SAADC_PUBLISH_END_EN_Msk | STATOR_FIELD(SAADC_PUBLISH_END_CHIDX, channel));
}

/* Lets events through the channels of `mask`. */
static inline void nordic_dppi_enable(uint32_t mask) {
    stator_write32(DPPIC_BASE + DPPIC_CHENSET, mask);
}

#endif
