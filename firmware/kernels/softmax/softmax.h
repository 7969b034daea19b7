/* SOFTMAX over the last axis of INT8, in fixed point, to INT8 of scale 1/256 and zero point -128, or to INT16 of scale 1/65536
 * and zero point -32768.
 *
 * Semantics: TFLite INT8 specification, as TensorFlow Lite Micro's reference kernel computes it.
 */
#ifndef STATOR_KERNELS_SOFTMAX_H
#define STATOR_KERNELS_SOFTMAX_H

#include "common/kernel.h"

/* The sum of exponentials is Q12.19: a row may not be longer. */
#define STATOR_SOFTMAX_MAX_DEPTH 4095

struct stator_softmax {
    int32_t rows;
    int32_t depth;      /* 1..STATOR_SOFTMAX_MAX_DEPTH */
    int32_t multiplier; /* with left_shift: distance to the row's maximum, to Q5.26; 2^30..2^31-1 */
    int32_t left_shift; /* 0..31 */
    int32_t furthest;   /* distances below this (it is not positive) give zero */
};

/* Every variant in kernels.inc computes the same bytes.
 * out: int8 or int16 [rows][depth], aligned for it, written whole. in: int8 [rows][depth]. out may be in where it is int8, and
 * must not overlap it otherwise. Callable from task and interrupt; does not block; no static state; stack under 128 bytes.
 * Returns 0; -EINVAL (a null pointer, a size out of range, a left shift out of range), then nothing is written. */
#define STATOR_KERNEL(op, isa, tile)                                                                                             \
    STATOR_MUST_CHECK int STATOR_KERNEL_NAME(op, isa, tile)(void *out, const int8_t *in, const struct stator_softmax *p);
#include "softmax/kernels.inc"
#undef STATOR_KERNEL

/* The guard that every variant starts with. */
static inline int stator_softmax_valid(const void *out, const int8_t *in, const struct stator_softmax *p) {
    return out && in && p && p->rows > 0 && p->depth > 0 && p->depth <= STATOR_SOFTMAX_MAX_DEPTH && p->left_shift >= 0 &&
           p->left_shift <= 31;
}

#endif
