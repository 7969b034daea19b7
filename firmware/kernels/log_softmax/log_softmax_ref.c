/* The oracle: readable, never optimised. */
#include "common/fixed_point.h"
#include "log_softmax/log_softmax.h"

/* A distance to the row's maximum, as Q5.26. */
static int32_t scaled(int32_t distance, const struct stator_log_softmax *p) {
    return stator_doubling_high_mul(stator_shift_left(distance, p->left_shift), p->multiplier);
}

int stator_log_softmax_s8__ref(int8_t *out, const int8_t *in, const struct stator_log_softmax *p) {
    if (!stator_log_softmax_valid(out, in, p)) {
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
                sum += stator_rounding_shift_right(stator_exp_of_negative(scaled(in[i] - most, p)), 12);
            }
        }
        const int32_t log_sum = stator_log_of_at_least_one(sum);
        /* Beyond this, the difference to log_sum leaves Q5.26. */
        const int32_t end = stator_requantize(log_sum + INT32_MIN, p->reverse_multiplier, p->reverse_shift);
        const int32_t last = end > p->furthest - 1 ? end : p->furthest - 1;
        for (int32_t i = 0; i < p->depth; i++) {
            int32_t q = INT8_MIN;
            if (in[i] - most > last) {
                q = stator_rounding_shift_right(scaled(in[i] - most, p) - log_sum, 31 - 5 - 4) + INT8_MAX;
            }
            out[i] = (int8_t)stator_clamp(q, INT8_MIN, INT8_MAX);
        }
    }
    return 0;
}
