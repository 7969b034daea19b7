/* The oracle: readable, never optimised. Qi.f is a 32-bit number with i integer and f fractional bits. */
#include "common/fixed_point.h"
#include "softmax/softmax.h"

/* exp of a distance to the row's maximum. */
static int32_t exp_of_distance(int32_t distance, const struct stator_softmax *p) {
    return stator_exp_of_negative(stator_doubling_high_mul(stator_shift_left(distance, p->left_shift), p->multiplier));
}

int stator_softmax_s8__ref(int8_t *out, const int8_t *in, const struct stator_softmax *p) {
    if (!stator_softmax_valid(out, in, p)) {
        return -EINVAL;
    }
    for (int32_t row = 0; row < p->rows; row++, in += p->depth, out += p->depth) {
        int32_t most = INT8_MIN;
        for (int32_t i = 0; i < p->depth; i++) {
            most = in[i] > most ? in[i] : most;
        }
        int32_t sum = 0; /* Q12.19 */
        for (int32_t i = 0; i < p->depth; i++) {
            if (in[i] - most >= p->furthest) {
                sum += stator_rounding_shift_right(exp_of_distance(in[i] - most, p), 12);
            }
        }
        int32_t over;
        const int32_t scale = stator_reciprocal(sum, 12, &over);
        for (int32_t i = 0; i < p->depth; i++) {
            int32_t q = INT8_MIN;
            if (in[i] - most >= p->furthest) {
                const int32_t share = stator_doubling_high_mul(scale, exp_of_distance(in[i] - most, p));
                q = stator_rounding_shift_right(share, over + 31 - 8) + INT8_MIN;
            }
            out[i] = (int8_t)stator_clamp(q, INT8_MIN, INT8_MAX);
        }
    }
    return 0;
}
