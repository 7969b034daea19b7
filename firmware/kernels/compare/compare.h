/* EQUAL, NOT_EQUAL, LESS, LESS_EQUAL, GREATER and GREATER_EQUAL of two tensors that broadcast.
 *
 * compare_s8 takes both operands to a common scale first, as the TFLite reference kernels do; the others compare what is there.
 */
#ifndef STATOR_KERNELS_COMPARE_H
#define STATOR_KERNELS_COMPARE_H

#include "common/kernel.h"
#include "common/pairs.h"

#define STATOR_COMPARE_LEFT_SHIFT 8

/* Which outcomes of a comparison answer true, or-ed together; unordered is a float that is not a number. */
#define STATOR_COMPARE_LESS      1
#define STATOR_COMPARE_SAME      2
#define STATOR_COMPARE_MORE      4
#define STATOR_COMPARE_UNORDERED 8

struct stator_compare {
    struct stator_pairs over;
    int32_t accepts;      /* 1..15 */
    int32_t a_zero_point; /* from here on for compare_s8 only: -128..127 */
    int32_t a_multiplier; /* with a_shift (not positive), see requantize.h */
    int32_t a_shift;
    int32_t b_zero_point;
    int32_t b_multiplier;
    int32_t b_shift;
};

/* Every variant in kernels.inc computes the same bytes.
 * out: bytes 0 and 1, of over's shape, written whole. a, b: elements of the type that the kernel's name ends in (s8, s32, f32, or
 * u8, which serves for bool), aligned for it, as over's strides say. Where elements are bytes, out may be an operand that is not
 * broadcast; b may be a. Callable from task and interrupt; does not block; no static state; stack under 128 bytes.
 * Returns 0; -EINVAL (a null pointer, a shape or `accepts` out of range, or a positive shift), then nothing is written. */
#define STATOR_KERNEL(op, isa, tile)                                                                                             \
    STATOR_MUST_CHECK int STATOR_KERNEL_NAME(op, isa, tile)(void *out, const void *a, const void *b,                             \
                                                            const struct stator_compare *p);
#include "compare/kernels.inc"
#undef STATOR_KERNEL

/* The guard that every variant starts with. */
static inline int stator_compare_valid(const void *out, const void *a, const void *b, const struct stator_compare *p) {
    return out && a && b && p && stator_pairs_valid(&p->over) && p->accepts >= 1 && p->accepts <= 15 && p->a_shift <= 0 &&
           p->b_shift <= 0;
}

#endif
