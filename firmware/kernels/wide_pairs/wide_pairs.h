/* ADD, SUB and MUL of two INT16 tensors that broadcast.
 *
 * add_s16: both are taken to a common scale with 15 bits of headroom, summed, and requantized; with a negative b_multiplier it is
 * SUB. mul_s16: their product is requantized. Zero points are 0. Semantics: TFLite's 16x8 rules, with double rounding.
 */
#ifndef STATOR_KERNELS_WIDE_PAIRS_H
#define STATOR_KERNELS_WIDE_PAIRS_H

#include "common/kernel.h"
#include "common/pairs.h"

#define STATOR_WIDE_PAIRS_LEFT_SHIFT 15

struct stator_wide_pairs {
    struct stator_pairs over;
    int32_t a_multiplier; /* for add_s16: with a_shift (not positive): a to the common scale, see requantize.h */
    int32_t a_shift;
    int32_t b_multiplier; /* negative: what its absolute value gives is subtracted */
    int32_t b_shift;
    int32_t multiplier; /* with shift: sum or product to output */
    int32_t shift;
    int32_t activation_min; /* -32768..32767, not above activation_max */
    int32_t activation_max;
};

/* Every variant in kernels.inc computes the same bytes.
 * out: int16, of over's shape, written whole. a, b: int16, as over's strides say. All are aligned for int16. out may be an
 * operand that is not broadcast, and b may be a. Callable from task and interrupt; does not block; no static state; stack under
 * 128 bytes. Returns 0; -EINVAL (a null pointer, or a shape out of range), then nothing is written. */
#define STATOR_KERNEL(op, isa, tile)                                                                                             \
    STATOR_MUST_CHECK int STATOR_KERNEL_NAME(op, isa, tile)(int16_t *out, const int16_t *a, const int16_t *b,                    \
                                                            const struct stator_wide_pairs *p);
#include "wide_pairs/kernels.inc"
#undef STATOR_KERNEL

/* The guard that every variant starts with. */
static inline int stator_wide_pairs_valid(const int16_t *out, const int16_t *a, const int16_t *b,
                                          const struct stator_wide_pairs *p) {
    return out && a && b && p && stator_pairs_valid(&p->over);
}

#endif
