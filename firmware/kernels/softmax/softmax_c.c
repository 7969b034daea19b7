/* Portable C that takes the same instructions for every input: what the reference decides by branches is chosen by masks here. */
#include "softmax/softmax.h"
#include "softmax/softmax_even.h"

/* As stator_exp_of_negative. */
static int32_t exp_of_negative(int32_t a) {
    static const int32_t factor[] = {1672461947, 1302514674, 790015084, 290630308, 39332535, 720401, 242};
    const int32_t quarter = 1 << 24;
    const int32_t in_quarter = (a & (quarter - 1)) - quarter;
    const int32_t x = in_quarter * 32 + (1 << 28);
    const int32_t x2 = times(x, x);
    const int32_t x4_4_x3 = stator_rounding_shift_right(times(x2, x2), 2) + times(x2, x);
    const int32_t tail = stator_rounding_shift_right(times(x4_4_x3, 715827883) + x2, 1);
    int32_t result = 1895147668 + times(x + tail, 1895147668);
    const int32_t rest = in_quarter - a;
    for (int32_t i = 0; i < (int32_t)(sizeof factor / sizeof factor[0]); i++) {
        result = choose(rest >> (24 + i) & 1, times(result, factor[i]), result);
    }
    return choose(a == 0, INT32_MAX, result);
}

int stator_softmax_s8__c(void *out, const int8_t *in, const struct stator_softmax *p) {
    if (!stator_softmax_valid(out, in, p)) {
        return -EINVAL;
    }
    int8_t *to = out;
    for (int32_t row = 0; row < p->rows; row++, in += p->depth, to += p->depth) {
        int32_t most = INT8_MIN;
        for (int32_t i = 0; i < p->depth; i++) {
            most = choose(in[i] > most, in[i], most);
        }
        int32_t sum = 0; /* Q12.19 */
        for (int32_t i = 0; i < p->depth; i++) {
            const int32_t distance = in[i] - most;
            const int32_t near = distance >= p->furthest;
            const int32_t e = exp_of_negative(times(stator_shift_left(distance & -near, p->left_shift), p->multiplier));
            sum += stator_rounding_shift_right(e, 12) & -near;
        }
        int32_t over;
        const int32_t scale = reciprocal(sum, &over);
        for (int32_t i = 0; i < p->depth; i++) {
            const int32_t distance = in[i] - most;
            const int32_t near = distance >= p->furthest;
            const int32_t e = exp_of_negative(times(stator_shift_left(distance & -near, p->left_shift), p->multiplier));
            const int32_t q = stator_rounding_shift_right(times(scale, e), over + 31 - 8) + INT8_MIN;
            to[i] = (int8_t)choose(near, choose(q > INT8_MAX, INT8_MAX, q), INT8_MIN);
        }
    }
    return 0;
}
