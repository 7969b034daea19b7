/* MEAN over neighbouring axes, INT8: out[o][i] = requantize(sum over n of (in[o][n][i] - input_zero_point)).
 *
 * The division by `count` is part of multiplier and shift. Semantics: TFLite INT8 specification with double rounding.
 */
#ifndef STATOR_KERNELS_MEAN_H
#define STATOR_KERNELS_MEAN_H

#include "common/kernel.h"

struct stator_mean {
    int32_t outer;
    int32_t count; /* elements averaged, at most 2^23 */
    int32_t inner;
    int32_t multiplier; /* 0..2^31-1, with shift: sum to output, see requantize.h */
    int32_t shift;
    int32_t input_zero_point;  /* -128..127 */
    int32_t output_zero_point; /* -128..127 */
};

/* Every variant in kernels.inc computes the same bytes.
 * out: int8 [outer][inner], written whole. in: int8 [outer][count][inner]. out and in must not overlap. No alignment is asked
 * for. Callable from task and interrupt; does not block; no static state; stack under 128 bytes.
 * Returns 0; -EINVAL (a null pointer, or a size below 1), then nothing is written. */
#define STATOR_KERNEL(op, isa, tile)                                                                                             \
    STATOR_MUST_CHECK int STATOR_KERNEL_NAME(op, isa, tile)(int8_t *out, const int8_t *in, const struct stator_mean *p);
#include "mean/kernels.inc"
#undef STATOR_KERNEL

/* The guard that every variant starts with. */
static inline int stator_mean_valid(const int8_t *out, const int8_t *in, const struct stator_mean *p) {
    return out && in && p && p->outer > 0 && p->count > 0 && p->count <= (1 << 23) && p->inner > 0;
}

#endif
