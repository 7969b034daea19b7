/* For Helium: four elements of the innermost dimension at a time. */
#include "common/requantize.h"
#include "mul/mul.h"

#include <arm_mve.h>

#define LANES 4

/* Four elements from `from` on, or one four times where the operand is broadcast. */
static inline int32x4_t four(const int8_t *from, int32_t stride, mve_pred16_t there) {
    return stride ? vldrbq_z_s32(from, there) : vdupq_n_s32(*from);
}

int stator_mul_s8__mve(int8_t *out, const int8_t *a, const int8_t *b, const struct stator_mul *p) {
    if (!stator_mul_valid(out, a, b, p)) {
        return -EINVAL;
    }
    const int32_t inner = p->over.rank - 1;
    const int32_t count = p->over.size[inner];
    const int32_t a_stride = p->over.a_stride[inner];
    const int32_t b_stride = p->over.b_stride[inner];
    const int32_t left = p->shift > 0 ? p->shift : 0;
    const int32_t right = p->shift < 0 ? p->shift : 0; /* not positive */
    const int32x4_t multiplier = vdupq_n_s32(p->multiplier);
    const int32x4_t nudge = vdupq_n_s32(right ? -1 : 0);
    const int32x4_t low = vdupq_n_s32(p->activation_min);
    const int32x4_t high = vdupq_n_s32(p->activation_max);
    struct stator_pair at = stator_first_pair(&p->over);
    while (stator_is_pair(&at)) {
        for (int32_t i = 0; i < count; i += LANES, out += LANES) {
            const mve_pred16_t there = vctp32q((uint32_t)(count - i));
            const int32x4_t x = vsubq_n_s32(four(a + at.a + i * a_stride, a_stride, there), p->a_zero_point);
            const int32x4_t y = vsubq_n_s32(four(b + at.b + i * b_stride, b_stride, there), p->b_zero_point);
            int32x4_t q = vqrdmulhq_s32(vshlq_r_s32(vmulq_s32(x, y), left), multiplier);
            q = vaddq_s32(q, vandq_s32(vshrq_n_s32(q, 31), nudge)); /* ties away from zero */
            q = vaddq_n_s32(vrshlq_n_s32(q, right), p->output_zero_point);
            vstrbq_p_s32(out, vminq_s32(vmaxq_s32(q, low), high), there);
        }
        out -= (LANES - count % LANES) % LANES;
        at.column = count - 1;
        stator_next_pair(&at, &p->over);
    }
    return 0;
}
