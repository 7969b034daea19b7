/* The oracle: readable, never optimised. Qi.f is a 32-bit number with i integer and f fractional bits. */
#include "common/fixed_point.h"
#include "softmax/softmax.h"

/* exp of a distance to the row's maximum. */
static int32_t exp_of_distance(int32_t distance, const struct stator_softmax *p) {
    return stator_exp_of_negative(stator_doubling_high_mul(stator_shift_left(distance, p->left_shift), p->multiplier));
}

static int32_t greatest(const int8_t *in, const struct stator_softmax *p) {
    int32_t most = INT8_MIN;
    for (int32_t i = 0; i < p->depth; i++) {
        most = in[i] > most ? in[i] : most;
    }
    return most;
}

/* The reciprocal of a row's sum of exponentials, and how many bits it is over 1. */
static int32_t scale_of(const int8_t *in, int32_t most, const struct stator_softmax *p, int32_t *over) {
    int32_t sum = 0; /* Q12.19 */
    for (int32_t i = 0; i < p->depth; i++) {
        if (in[i] - most >= p->furthest) {
            sum += stator_rounding_shift_right(exp_of_distance(in[i] - most, p), 12);
        }
    }
    return stator_reciprocal(sum, 12, over);
}

/* What an element of a row becomes, from `least` on. */
static int32_t share_of(int32_t distance, int32_t scale, int32_t right, int32_t least, const struct stator_softmax *p) {
    if (distance < p->furthest) {
        return least;
    }
    const int32_t share = stator_rounding_shift_right(stator_doubling_high_mul(scale, exp_of_distance(distance, p)), right);
    return stator_clamp(share + least, least, -least - 1);
}

#define SOFTMAX(kernel, type, bits)                                                                                              \
    int kernel(void *out, const int8_t *in, const struct stator_softmax *p) {                                                    \
        if (!stator_softmax_valid(out, in, p)) {                                                                                 \
            return -EINVAL;                                                                                                      \
        }                                                                                                                        \
        type *to = out;                                                                                                          \
        for (int32_t row = 0; row < p->rows; row++, in += p->depth, to += p->depth) {                                            \
            const int32_t most = greatest(in, p);                                                                                \
            int32_t over;                                                                                                        \
            const int32_t scale = scale_of(in, most, p, &over);                                                                  \
            for (int32_t i = 0; i < p->depth; i++) {                                                                             \
                to[i] = (type)share_of(in[i] - most, scale, over + 31 - (bits), -(1 << ((bits) - 1)), p);                        \
            }                                                                                                                    \
        }                                                                                                                        \
        return 0;                                                                                                                \
    }

SOFTMAX(stator_softmax_s8__ref, int8_t, 8)
SOFTMAX(stator_softmax_s8_s16__ref, int16_t, 16)
