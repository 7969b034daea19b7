/* The temperature sensor in the GD32VF103, channel 16 of ADC0. GD32VF103 User Manual. Implements stator/temperature.h beside the
 * driver gd32_adc.
 *
 * The inserted group has this one channel, and the ADC converts it by itself behind each sample (ICA): by construction between
 * two samples, and by no act of the firmware's. Where the sampling period has no room for both there is no temperature.
 *
 * 1.45 V at 25 degrees and 4.1 mV less for each more (GigaDevice's note on the temperature sensors of its chips), of VDDA, taken
 * as 3.3 V. Typical values, and chips differ: good for changes of temperature, some ten degrees off otherwise.
 */
#ifndef GD32_TEMPERATURE_H
#define GD32_TEMPERATURE_H

#define GD32_TEMPERATURE_CHANNEL 16u

#endif
