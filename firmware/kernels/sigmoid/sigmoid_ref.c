/* The oracle: readable, never optimised. */
#include "sigmoid/sigmoid.h"

static int32_t argument(int16_t x, const struct stator_sigmoid *p) {
    const int32_t half = p->right > 0 ? 1 << (p->right - 1) : 0;
    return (x * p->multiplier + half) >> p->right;
}

/* The table at `at`, which has so many bits of fraction, with as many; `most` behind the table's end. */
static int32_t interpolated(const struct stator_sigmoid *p, int32_t at, int32_t bits, int32_t most) {
    const int32_t entry = at >> bits;
    if (entry >= 255) {
        return most;
    }
    const int32_t first = p->table[entry];
    return (first << bits) + (at & ((1 << bits) - 1)) * (p->table[entry + 1] - first);
}

int stator_logistic_s16__ref(int16_t *out, const int16_t *in, const struct stator_sigmoid *p) {
    if (!stator_sigmoid_valid(out, in, p)) {
        return -EINVAL;
    }
    for (int32_t i = 0; i < p->elements; i++) {
        const int32_t at = argument(in[i], p);
        const int32_t value = interpolated(p, at < 0 ? -at : at, 9, 0x7FFF << 10);
        const int32_t rounded = at >= 0 ? value + (1 << 9) : (1 << 25) - value + (1 << 9) - 1;
        out[i] = (int16_t)(rounded >> 10);
    }
    return 0;
}

int stator_tanh_s16__ref(int16_t *out, const int16_t *in, const struct stator_sigmoid *p) {
    if (!stator_sigmoid_valid(out, in, p)) {
        return -EINVAL;
    }
    for (int32_t i = 0; i < p->elements; i++) {
        const int32_t at = argument(in[i], p);
        const int32_t value = interpolated(p, at < 0 ? -at : at, 8, 0xFFFF << 8);
        const int32_t rounded = at >= 0 ? value - (1 << 23) + (1 << 7) : -value + (1 << 23) + (1 << 7) - 1;
        out[i] = (int16_t)(rounded >> 8);
    }
    return 0;
}
