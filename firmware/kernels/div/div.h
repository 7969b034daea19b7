/* DIV of two INT8 tensors that broadcast: the quotient of the values less their zero points, requantized. A quotient by 0 is the
 * end of the range that has the dividend's sign.
 *
 * Semantics: TFLite INT8 specification with double rounding. */
#ifndef STATOR_KERNELS_DIV_H
#define STATOR_KERNELS_DIV_H

#include "common/kernel.h"
#include "common/pairs.h"

struct stator_div {
    struct stator_pairs over;
    int32_t a_zero_point; /* -128..127 */
    int32_t b_zero_point;
    int32_t multiplier; /* with shift: quotient to output, see requantize.h */
    int32_t shift;      /* at most 23 */
    int32_t output_zero_point;
    int32_t activation_min; /* -128..127, not above activation_max */
    int32_t activation_max;
};

/* Every variant in kernels.inc computes the same bytes.
 * out: int8, of over's shape, written whole. a, b: int8, as over's strides say. out may be an operand that is not broadcast, and
 * b may be a. No alignment is asked for. Callable from task and interrupt; does not
 * block; no static state; stack under 128 bytes. Returns 0; -EINVAL (a null pointer, or a size out of range), then nothing is
 * written. */
#define STATOR_KERNEL(op, isa, tile)                                                                                             \
    STATOR_MUST_CHECK int STATOR_KERNEL_NAME(op, isa, tile)(int8_t *out, const int8_t *a, const int8_t *b,                       \
                                                            const struct stator_div *p);
#include "div/kernels.inc"
#undef STATOR_KERNEL

/* The guard that every variant starts with. */
static inline int stator_div_valid(const int8_t *out, const int8_t *a, const int8_t *b, const struct stator_div *p) {
    return out && a && b && p && stator_pairs_valid(&p->over) && p->shift <= 23;
}

#endif
