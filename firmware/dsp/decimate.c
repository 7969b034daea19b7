#include "dsp/decimate.h"

#if STATOR_DECIMATION > 1u

enum {
    REACH = STATOR_LOWPASS_REACH,
    LAST = STATOR_HALF_SCANS - 1u,
    STRIDE = STATOR_CHANNELS,
};

static inline int16_t rounded(int32_t sum) {
    const int32_t value = (sum + (1 << 14)) >> 15;
    return (int16_t)(value < INT16_MIN ? INT16_MIN : value > INT16_MAX ? INT16_MAX : value);
}

/* Around a scan whose neighbours are all in the half. */
static int16_t inside(const int16_t *middle) {
    const int16_t *before = middle, *after = middle;
    int32_t sum = stator_dsp_lowpass[0] * *middle;
#pragma GCC unroll 8
    for (uint32_t k = 1; k <= REACH; k++) {
        before -= STRIDE;
        after += STRIDE;
        sum += stator_dsp_lowpass[k] * (*before + *after);
    }
    return rounded(sum);
}

static int16_t near_an_end(const int16_t *samples, int32_t scan) {
    int32_t sum = stator_dsp_lowpass[0] * samples[scan * STRIDE];
    for (int32_t k = 1; k <= REACH; k++) {
        const int32_t before = scan < k ? 0 : scan - k, after = scan + k > LAST ? LAST : scan + k;
        sum += stator_dsp_lowpass[k] * (samples[before * STRIDE] + samples[after * STRIDE]);
    }
    return rounded(sum);
}

void stator_decimate(int16_t *out, const int16_t *samples) {
    for (int32_t scan = 0; scan <= LAST; scan += (int32_t)STATOR_DECIMATION) {
        *out++ = scan >= REACH && scan + REACH <= LAST ? inside(samples + scan * STRIDE) : near_an_end(samples, scan);
    }
}

#endif
