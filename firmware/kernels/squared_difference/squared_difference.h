/* SQUARED_DIFFERENCE of two INT8 tensors that broadcast: both are taken to a common scale with 7 bits of headroom, subtracted,
 * squared, and requantized.
 *
 * Semantics: TFLite INT8 specification with double rounding.
 */
#ifndef STATOR_KERNELS_SQUARED_DIFFERENCE_H
#define STATOR_KERNELS_SQUARED_DIFFERENCE_H

#include "common/kernel.h"
#include "common/pairs.h"

#define STATOR_SQUARED_DIFFERENCE_LEFT_SHIFT 7

struct stator_squared_difference {
    struct stator_pairs over;
    int32_t a_zero_point; /* -128..127 */
    int32_t a_multiplier; /* with a_shift (not positive): a to the common scale, see requantize.h */
    int32_t a_shift;
    int32_t b_zero_point;
    int32_t b_multiplier;
    int32_t b_shift;
    int32_t output_zero_point;
    int32_t output_multiplier;
    int32_t output_shift;
};

/* Every variant in kernels.inc computes the same bytes.
 * out: int8, of over's shape, written whole. a, b: int8, as over's strides say. out may be an operand that is not broadcast, and
 * b may be a. No alignment is asked for. Callable from task and interrupt; does not block; no static state; stack under 128
 * bytes. Returns 0; -EINVAL (a null pointer, a shape out of range, or a positive shift of a or b), then nothing is written. */
#define STATOR_KERNEL(op, isa, tile)                                                                                             \
    STATOR_MUST_CHECK int STATOR_KERNEL_NAME(op, isa, tile)(int8_t *out, const int8_t *a, const int8_t *b,                       \
                                                            const struct stator_squared_difference *p);
#include "squared_difference/kernels.inc"
#undef STATOR_KERNEL

/* The guard that every variant starts with. */
static inline int stator_squared_difference_valid(const int8_t *out, const int8_t *a, const int8_t *b,
                                                  const struct stator_squared_difference *p) {
    return out && a && b && p && stator_pairs_valid(&p->over) && p->a_shift <= 0 && p->b_shift <= 0;
}

#endif
