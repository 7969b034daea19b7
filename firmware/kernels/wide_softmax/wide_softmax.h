/* SOFTMAX over the last axis, INT16, by two tables of 513 entries with straight lines between them. The output has scale 2^-15.
 *
 * Semantics: TFLite's 16x8 rules, as TensorFlow Lite Micro's reference kernel computes them. An entry of a table stands for 128
 * arguments.
 */
#ifndef STATOR_KERNELS_WIDE_SOFTMAX_H
#define STATOR_KERNELS_WIDE_SOFTMAX_H

#include "common/kernel.h"

/* Exponentials are Q0.15, and their sum is Q16.15: a row may not be longer. */
#define STATOR_WIDE_SOFTMAX_MAX_DEPTH 65535

struct stator_wide_softmax {
    const int16_t *exp;        /* [513]: exp over -10..0, Q0.15 */
    const int16_t *reciprocal; /* [513]: 1 / (1 + x) over 0..1, Q0.15 */
    int32_t rows;
    int32_t depth;      /* 1..STATOR_WIDE_SOFTMAX_MAX_DEPTH */
    int32_t multiplier; /* with shift: distance to the row's maximum, so that -65535 is -10; see requantize.h */
    int32_t shift;
};

/* Every variant in kernels.inc computes the same bytes.
 * out: int16 [rows][depth], written whole. in: int16 [rows][depth]. Both are aligned for int16. out may be in. Callable from task
 * and interrupt; does not block; no static state; stack under 128 bytes. Returns 0; -EINVAL (a null pointer, or a size out of
 * range), then nothing is written. */
#define STATOR_KERNEL(op, isa, tile)                                                                                             \
    STATOR_MUST_CHECK int STATOR_KERNEL_NAME(op, isa, tile)(int16_t *out, const int16_t *in, const struct stator_wide_softmax *p);
#include "wide_softmax/kernels.inc"
#undef STATOR_KERNEL

/* The guard that every variant starts with. */
static inline int stator_wide_softmax_valid(const int16_t *out, const int16_t *in, const struct stator_wide_softmax *p) {
    return out && in && p && p->exp && p->reciprocal && p->rows > 0 && p->depth > 0 && p->depth <= STATOR_WIDE_SOFTMAX_MAX_DEPTH;
}

#endif
