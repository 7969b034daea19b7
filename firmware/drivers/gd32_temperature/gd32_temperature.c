#include "gd32_temperature/gd32_temperature.h"

#include "register/register.h"

#include "stator/temperature.h"

#include "memory_plan.h"
#include "registers.h"

#define CYCLES_239_5 7u /* SAMPT: 17.7 us at 13.5 MHz; the sensor asks for 17.1 */

/* Clocks of the core: each channel's sample (55.5 + 12.5 of the ADC's clocks) and the inserted group (239.5 + 12.5). */
#define CORE_CLOCKS 8u /* of one clock of the ADC */
#define BOTH        ((68u * STATOR_CHANNELS + 252u) * CORE_CLOCKS)
#define FITS        (STATOR_SAMPLE_DIVIDER > BOTH + 10u * CORE_CLOCKS)

/* hundredths = 2500 + (1450 mV - counts x 3300 mV / 4096) x 100 / 4.1 mV, in 1/4096 */
#define AT_0      (37866u)
#define PER_COUNT (80488u)

int stator_temperature_init(void) {
    if (!FITS) {
        return -ENODEV;
    }
    stator_write32(ADC0_BASE + ADC_SAMPT0, STATOR_FIELD(ADC_SAMPT0_SPT16, CYCLES_239_5));
    stator_write32(ADC0_BASE + ADC_ISQ,
                   STATOR_FIELD(ADC_ISQ_ISQ3, GD32_TEMPERATURE_CHANNEL)); /* a group of one is its last place */
    stator_change32(ADC0_BASE + ADC_CTL1, 0, ADC_CTL1_TSVREN_Msk);
    stator_change32(ADC0_BASE + ADC_CTL0, 0, ADC_CTL0_ICA_Msk);
    return 0;
}

void stator_temperature_start(void) {}

int stator_temperature_take(int32_t *hundredths) {
    *hundredths = (int32_t)(AT_0 - (stator_read32(ADC0_BASE + ADC_IDATA0) * PER_COUNT >> 12));
    return 0;
}
