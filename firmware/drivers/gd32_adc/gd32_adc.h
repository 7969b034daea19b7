/* GigaDevice ADC0 of the GD32VF103: the regular group, a scan of STATOR_CHANNELS channels, on a timer's trigger, DMA0 in a circle
 * over both halves. GD32VF103 User Manual. Implements stator/sensor.h.
 *
 * Nothing on the way of a sample needs the core:
 *   TIMER2 update --TRGO--> ADC0 conversion --DMA request--> DMA0 channel 0 --> half 0, half 1, half 0, ...
 *                 --ITI2--> TIMER1 count
 * The DMA knows one circle, so half 1 must follow half 0 at once, as the memory plan puts them. Its half-transfer and
 * full-transfer interrupts hand over half 0 and half 1.
 *
 * Timestamps: TIMER1 counts triggers in hardware. In the interrupt of a half the count lies between that half's last sample and
 * the next half's, so it is rounded down to whole halves: timestamp = halves x scans x STATOR_SAMPLE_DIVIDER, and successive
 * frames differ by exactly the programmed ticks however late the interrupt runs. Triggers and transfers that disagree (a lost
 * sample) stop the firmware with a message.
 *
 * Counts are what the ADC gives: 0 to 4,095, right-aligned, with a sensor's mid-supply at about 2,048. They fit an int16 as they
 * are and the offset stays in: the front end removes the mean of each half (docs/front-end.md). The ADC itself subtracts an
 * offset from the inserted group only.
 */
#ifndef GD32_ADC_H
#define GD32_ADC_H

#include <stdint.h>

/* The board's: ADC0 channels 0 to 7, which are pins PA0 to PA7, in the order of a scan; STATOR_CHANNELS of them or more. */
extern const uint8_t gd32_adc_channels[];

/* The handler of the DMA0_Channel0 interrupt. */
void gd32_adc_dma_interrupt(void);

#endif
