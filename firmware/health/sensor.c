#include "stator/health.h"

#include "memory_plan.h"

#define STEP      4u
#define LOOKED_AT (STATOR_HALF_SCANS / STEP)
#define RAILS     (LOOKED_AT / 64u) /* so many samples at an end of the range are clipping and no chance */
#define MIDDLE    ((STATOR_SAMPLE_LEAST + STATOR_SAMPLE_MOST + 1) / 2)

uint32_t stator_sensor_reasons(const int16_t *samples, unsigned first, const struct stator_health_config *config) {
    int32_t least = samples[first * STATOR_CHANNELS];
    int32_t most = least;
    int32_t sum = 0;
    uint32_t rails = 0;
    for (size_t i = first * STATOR_CHANNELS; i < STATOR_HALF_SAMPLES; i += STEP * STATOR_CHANNELS) {
        int32_t sample = samples[i];
        least = sample < least ? sample : least;
        most = sample > most ? sample : most;
        sum += sample;
        rails += sample <= STATOR_SAMPLE_LEAST || sample >= STATOR_SAMPLE_MOST;
    }
    int32_t mean = sum / (int32_t)LOOKED_AT - MIDDLE;
    uint32_t reasons = 0;
    if (most - least < config->least_range) {
        reasons |= STATOR_HEALTH_STUCK;
    }
    if (rails > RAILS) {
        reasons |= STATOR_HEALTH_CLIPPED;
    }
    if ((mean < 0 ? -mean : mean) > config->offset) {
        reasons |= STATOR_HEALTH_OFFSET;
    }
    return reasons;
}
