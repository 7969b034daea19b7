/* LOG_SOFTMAX over the last axis, INT8, in fixed point. The output has scale 1/16 and zero point 127.
 *
 * Semantics: TFLite INT8 specification, as TensorFlow Lite Micro's reference kernel computes it. */
#ifndef STATOR_KERNELS_LOG_SOFTMAX_H
#define STATOR_KERNELS_LOG_SOFTMAX_H

#include "common/kernel.h"

struct stator_log_softmax {
    int32_t rows;
    int32_t depth;              /* 1..4095: the sum of exponentials is Q12.19 */
    int32_t multiplier;         /* with left_shift: distance to the row's maximum, to Q5.26; 2^30..2^31-1 */
    int32_t left_shift;         /* 0..31 */
    int32_t furthest;           /* distances below this (it is not positive) are too far for exp */
    int32_t reverse_multiplier; /* Q5.26 to distance, see requantize.h */
    int32_t reverse_shift;      /* not positive */
};

/* Every variant in kernels.inc computes the same bytes.
 * out: int8 [rows][depth], written whole. in: int8 [rows][depth]. out may be in. No alignment is asked for. Callable from task
 * and interrupt; does not block; no static state; stack under 128 bytes. Returns 0; -EINVAL (a null pointer, or a size out of
 * range), then nothing is written. */
#define STATOR_KERNEL(op, isa, tile)                                                                                             \
    STATOR_MUST_CHECK int STATOR_KERNEL_NAME(op, isa, tile)(int8_t *out, const int8_t *in, const struct stator_log_softmax *p);
#include "log_softmax/kernels.inc"
#undef STATOR_KERNEL

/* The guard that every variant starts with. */
static inline int stator_log_softmax_valid(const int8_t *out, const int8_t *in, const struct stator_log_softmax *p) {
    return out && in && p && p->rows > 0 && p->depth > 0 && p->depth <= 4095 && p->left_shift >= 0 && p->left_shift <= 31 &&
           p->reverse_shift <= 0;
}

#endif
