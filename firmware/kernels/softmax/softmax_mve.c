/* For Helium: four elements at a time, the same instructions for every input. Tails are predicated. */
#include "softmax/softmax.h"
#include "softmax/softmax_even.h"

#include <arm_mve.h>

#define LANES 4

/* x / 2^-right, ties away from zero. right: not positive, below 0. */
static inline int32x4_t rounded(int32x4_t x, int32_t right) {
    return vrshlq_n_s32(vaddq_s32(x, vshrq_n_s32(x, 31)), right);
}

/* a where a lane of yes is -1, b where it is 0. */
static inline int32x4_t chosen(int32x4_t yes, int32x4_t a, int32x4_t b) {
    return veorq_s32(b, vandq_s32(veorq_s32(a, b), yes));
}

/* As stator_exp_of_negative. */
static inline int32x4_t exps(int32x4_t a) {
    static const int32_t factor[] = {1672461947, 1302514674, 790015084, 290630308, 39332535, 720401, 242};
    const int32_t quarter = 1 << 24;
    const int32x4_t in_quarter = vsubq_n_s32(vandq_s32(a, vdupq_n_s32(quarter - 1)), quarter);
    const int32x4_t x = vaddq_n_s32(vshlq_n_s32(in_quarter, 5), 1 << 28);
    const int32x4_t x2 = vqrdmulhq_s32(x, x);
    const int32x4_t x4_4_x3 = vaddq_s32(rounded(vqrdmulhq_s32(x2, x2), -2), vqrdmulhq_s32(x2, x));
    const int32x4_t tail = rounded(vaddq_s32(vqrdmulhq_n_s32(x4_4_x3, 715827883), x2), -1);
    int32x4_t result = vaddq_n_s32(vqrdmulhq_n_s32(vaddq_s32(x, tail), 1895147668), 1895147668);
    const int32x4_t rest = vsubq_s32(in_quarter, a);
    for (int32_t i = 0; i < (int32_t)(sizeof factor / sizeof factor[0]); i++) {
        const int32x4_t yes = vshrq_n_s32(vshlq_r_s32(rest, 7 - i), 31);
        result = chosen(yes, vqrdmulhq_n_s32(result, factor[i]), result);
    }
    return chosen(vshrq_n_s32(a, 31), result, vdupq_n_s32(INT32_MAX)); /* of 0, which alone is not negative */
}

/* exp of four distances to the row's maximum; 0 for those beyond the furthest. */
static inline int32x4_t exps_of(int32x4_t distance, const struct stator_softmax *p) {
    const int32x4_t beyond = vshrq_n_s32(vsubq_n_s32(distance, p->furthest), 31);
    const int32x4_t near = vmaxq_s32(distance, vdupq_n_s32(p->furthest));
    return vbicq_s32(exps(vqrdmulhq_n_s32(vshlq_r_s32(near, p->left_shift), p->multiplier)), beyond);
}

int stator_softmax_s8__mve(void *out, const int8_t *in, const struct stator_softmax *p) {
    if (!stator_softmax_valid(out, in, p)) {
        return -EINVAL;
    }
    int8_t *to = out;
    for (int32_t row = 0; row < p->rows; row++, in += p->depth, to += p->depth) {
        int32_t most = INT8_MIN;
        for (int32_t i = 0; i < p->depth; i += LANES) {
            const mve_pred16_t there = vctp32q((uint32_t)(p->depth - i));
            most = vmaxvq_p_s32(most, vldrbq_z_s32(in + i, there), there);
        }
        int32_t sum = 0; /* Q12.19 */
        for (int32_t i = 0; i < p->depth; i += LANES) {
            const mve_pred16_t there = vctp32q((uint32_t)(p->depth - i));
            const int32x4_t e = exps_of(vsubq_n_s32(vldrbq_z_s32(in + i, there), most), p);
            sum = vaddvaq_p_s32(sum, rounded(e, -12), there);
        }
        int32_t over;
        const int32_t scale = reciprocal(sum, &over);
        for (int32_t i = 0; i < p->depth; i += LANES) {
            const mve_pred16_t there = vctp32q((uint32_t)(p->depth - i));
            const int32x4_t e = exps_of(vsubq_n_s32(vldrbq_z_s32(in + i, there), most), p);
            const int32x4_t q = vaddq_n_s32(rounded(vqrdmulhq_n_s32(e, scale), -(over + 31 - 8)), INT8_MIN);
            vstrbq_p_s32(to + i, vminq_s32(q, vdupq_n_s32(INT8_MAX)), there);
        }
    }
    return 0;
}
