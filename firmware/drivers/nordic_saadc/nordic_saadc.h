/* Nordic SAADC: a scan of STATOR_CHANNELS differential channels, 12 bit, EasyDMA into two halves. nRF5340 Product Specification.
 * Implements stator/sensor.h.
 *
 * Nothing on the way of a sample needs the core:
 *   TIMER1 COMPARE0 --DPPI NORDIC_DPPI_SAMPLE--> SAADC SAMPLE, TIMER2 COUNT
 *   SAADC END       --DPPI NORDIC_DPPI_HALF----> SAADC START,  TIMER2 CAPTURE0
 * SAADC latches RESULT.PTR at START, so the half after the running one is named as soon as STARTED has come, one half (85 ms)
 * before it is needed.
 *
 * Timestamps: TIMER2 counts sampling periods in hardware and END captures the count, which at that moment is a whole number of
 * halves (the next sample is 83 us away). Timestamp = count x STATOR_SAMPLE_DIVIDER, so successive frames differ by exactly the
 * programmed ticks, and a half that was missed shows as a step of two. Capturing a free-running timer instead would add the
 * arbitration of the DMA to it.
 *
 * Counts are signed: +-2048 for +-VDD/2 between the two inputs (the sensor's output against its own mid-supply).
 */
#ifndef NORDIC_SAADC_H
#define NORDIC_SAADC_H

#include <stdint.h>

/* The board's: analog inputs (0 to 7) of each channel, STATOR_CHANNELS of them or more. */
extern const struct nordic_saadc_inputs {
    uint8_t positive;
    uint8_t negative;
} nordic_saadc_inputs[];

/* The handler of the SAADC interrupt. */
void nordic_saadc_interrupt(void);

#endif
