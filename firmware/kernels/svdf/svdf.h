/* SVDF, INT8: a fully connected layer whose weights are low-rank in time. Each filter keeps what the last runs gave it.
 *
 * Semantics: TFLite INT8 specification with double rounding. */
#ifndef STATOR_KERNELS_SVDF_H
#define STATOR_KERNELS_SVDF_H

#include "common/kernel.h"

struct stator_svdf {
    const int8_t *feature_weights; /* [units * rank][depth] */
    const void *time_weights;      /* [units * rank][memory], of the state's type */
    const int32_t *bias;           /* [units], or null */
    int32_t batches;
    int32_t depth;
    int32_t units;
    int32_t rank; /* filters of a unit */
    int32_t memory;
    int32_t input_zero_point;   /* -128..127 */
    int32_t feature_multiplier; /* products with the input, to the state's scale, see requantize.h */
    int32_t feature_shift;
    int32_t state_zero_point; /* -128..127; 0 for a state of INT16 */
    int32_t multiplier;       /* products with the state, to the output's scale */
    int32_t shift;
    int32_t output_zero_point;
    int32_t activation_min; /* -128..127, not above activation_max */
    int32_t activation_max;
};

/* Every variant in kernels.inc computes the same bytes.
 * out: int8 [batches][units], written whole. in: int8 [batches][depth]. state: [batches][units * rank][memory], oldest first, of
 * the type that the kernel's name ends in (s16 or s8), aligned for it; its zero point before the first run, updated by each; what
 * leaves its range when the zero point is added wraps. None may overlap. p and its tables: read only, owned by the caller. Sums
 * of products with the state wrap. Callable from task and interrupt; does not block; no static state; stack under 128 bytes.
 * Returns 0; -EINVAL (a null pointer, or a size out of range), then nothing is written. */
#define STATOR_KERNEL(op, isa, tile)                                                                                             \
    STATOR_MUST_CHECK int STATOR_KERNEL_NAME(op, isa, tile)(int8_t *out, const int8_t *in, void *state,                          \
                                                            const struct stator_svdf *p);
#include "svdf/kernels.inc"
#undef STATOR_KERNEL

/* The guard that every variant starts with. */
static inline int stator_svdf_valid(const int8_t *out, const int8_t *in, const void *state, const struct stator_svdf *p) {
    return out && in && state && p && p->feature_weights && p->time_weights && p->batches > 0 && p->depth > 0 && p->units > 0 &&
           p->rank > 0 && p->memory > 0;
}

#endif
