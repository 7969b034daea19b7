#include "dsp/loops.h"

#include "dsp/fixed.h"

enum { FRAME = STATOR_FRAME_SAMPLES, BAND = STATOR_ENVELOPE_BINS };

/* The branches of the next two are laid out for the rare case that a value is the largest so far. */
void stator_loop_range(struct stator_range *range, const int16_t *half) {
    int32_t sum = 0;
    int32_t low = half[0];
    int32_t high = half[0];
    for (const int16_t *at = half; at != half + FRAME * STATOR_FRAME_STRIDE; at += STATOR_FRAME_STRIDE) {
        sum += *at;
        low = __builtin_expect(*at < low, 0) ? *at : low;
        high = __builtin_expect(*at > high, 0) ? *at : high;
    }
    *range = (struct stator_range){sum, low, high};
}

int32_t stator_loop_peak(const int32_t *values, uint32_t count) {
    int32_t low = 0;
    int32_t high = 0;
    for (const int32_t *at = values; at != values + count; at++) {
        low = __builtin_expect(*at < low, 0) ? *at : low;
        high = __builtin_expect(*at > high, 0) ? *at : high;
    }
    return high > -low ? high : -low;
}

uint64_t stator_loop_energy(const int32_t *bin, uint32_t bins) {
    uint64_t energy = 0;
    for (const int32_t *end = bin + 2 * bins; bin != end; bin += 2) {
        energy += stator_square(bin[0]) + stator_square(bin[1]);
    }
    return energy;
}

int32_t stator_loop_magnitudes(int32_t *size, const int32_t *z, uint32_t count) {
    int32_t peak = 0;
    for (uint32_t n = 0; n < count; n++) {
        const int32_t one = stator_magnitude(z[2 * n], z[2 * n + 1]);
        peak = one > peak ? one : peak;
        size[n] = one;
    }
    return peak;
}

void stator_loop_roots(struct stator_sums *sums, int32_t *envelope, int room) {
    const int left = room > 0 ? room : 0, right = room < 0 ? -room : 0;
    *sums = (struct stator_sums){0, 0};
    for (uint32_t n = 0; n < BAND; n++) {
        const int32_t size = (int32_t)((uint32_t)envelope[n] << left) >> right;
        const uint32_t coarse = (uint32_t)size >> 14;
        sums->squares += coarse * coarse;
        sums->total += coarse;
        envelope[n] = stator_root_q30(stator_mulh(size, stator_hann(n * (FRAME / BAND))) * 2);
    }
}
