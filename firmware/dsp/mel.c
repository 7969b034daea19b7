#include "dsp/mel.h"

#include "dsp/fixed.h"

/* sum / count, for a sum below 2^63 of which the count's share is wanted. */
static inline uint64_t share(uint64_t sum, uint32_t count) {
    const uint32_t reciprocal = UINT32_MAX / count;
    return (sum >> 32) * reciprocal + (((sum & UINT32_MAX) * reciprocal) >> 32);
}

void stator_mel_bands(int32_t *levels, const int32_t *z, const uint16_t *edges, uint32_t bands) {
    uint64_t rising = 0;
    for (uint32_t slope = 0; slope <= bands; slope++) {
        const uint32_t bins = (uint32_t)edges[slope + 1] - edges[slope];
        const int32_t *first = z + 2u * edges[slope];
        uint64_t total = 0;
        uint64_t ramp = 0; /* each bin as often as it lies behind the first: no bin is multiplied by its weight */
        for (const int32_t *bin = first + 2u * bins; bin != first;) {
            bin -= 2;
            ramp += total;
            total += (stator_square(bin[0]) + stator_square(bin[1])) >> 4;
        }
        const uint64_t rises = share(ramp, bins);
        if (slope > 0) {
            levels[slope - 1] = stator_log2_q8(rising + total - rises);
        }
        rising = rises;
    }
}
