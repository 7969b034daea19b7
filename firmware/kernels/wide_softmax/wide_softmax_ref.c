/* The oracle: readable, never optimised. */
#include "common/requantize.h"
#include "wide_softmax/wide_softmax.h"

/* A table at `at`, -32768..32767. */
static int32_t interpolated(const int16_t *table, int32_t at) {
    const int16_t *entry = table + 256 + (at >> 7);
    return (int16_t)(entry[0] + (((int16_t)(entry[1] - entry[0]) * (at & 0x7f) + 64) >> 7));
}

static int32_t exp_of_distance(int32_t distance, const struct stator_wide_softmax *p) {
    const int32_t at = stator_requantize(distance, p->multiplier, p->shift) + INT16_MAX;
    return interpolated(p->exp, stator_clamp(at, INT16_MIN, INT16_MAX));
}

/* Zero bits above the highest one of x, which is positive. */
static int32_t leading_zeros(int32_t x) {
    int32_t count = 0;
    while (((uint32_t)x << count & UINT32_C(0x80000000)) == 0) {
        count++;
    }
    return count;
}

int stator_softmax_s16__ref(int16_t *out, const int16_t *in, const struct stator_wide_softmax *p) {
    if (!stator_wide_softmax_valid(out, in, p)) {
        return -EINVAL;
    }
    for (int32_t row = 0; row < p->rows; row++, in += p->depth, out += p->depth) {
        int32_t most = INT16_MIN;
        for (int32_t i = 0; i < p->depth; i++) {
            most = in[i] > most ? in[i] : most;
        }
        int32_t sum = 0;
        for (int32_t i = 0; i < p->depth; i++) {
            const int32_t e = exp_of_distance(in[i] - most, p);
            out[i] = (int16_t)e;
            sum += e;
        }
        const int32_t headroom = leading_zeros(sum);
        const int32_t between_1_and_2 = (int32_t)((((int64_t)sum << (headroom - 1)) + (1 << 13)) >> 14);
        const int32_t at = stator_clamp(between_1_and_2 - (1 << 15) - (1 << 16), INT16_MIN, INT16_MAX);
        const int32_t reciprocal = interpolated(p->reciprocal, at);
        const int32_t right = 31 - headroom;
        for (int32_t i = 0; i < p->depth; i++) {
            const int64_t share = (int64_t)out[i] * reciprocal + ((int64_t)1 << (right - 1));
            out[i] = (int16_t)stator_clamp((int32_t)(share >> right), 0, INT16_MAX);
        }
    }
    return 0;
}
