/* MEAN over a window in time that moves on by a column per run, INT8: the sums are kept, what is new is added, what leaves is
 * taken away. out[i] = requantize(sum over the window of (in[i] - input_zero_point)), as mean/mean.h has it.
 *
 * No model file has this operator; the compiler makes it where a model runs column by column (tools/stator/passes/stream.py).
 */
#ifndef STATOR_KERNELS_RUNNING_MEAN_H
#define STATOR_KERNELS_RUNNING_MEAN_H

#include "common/kernel.h"

struct stator_running_mean {
    int32_t rows;       /* of a column, all in the same mean */
    int32_t inner;      /* means */
    int32_t count;      /* elements of a mean, at most 2^23 */
    int32_t multiplier; /* 0..2^31-1, with shift: sum to output, see requantize.h */
    int32_t shift;
    int32_t input_zero_point;  /* -128..127 */
    int32_t output_zero_point; /* -128..127 */
};

/* Every variant in kernels.inc computes the same bytes.
 * out: int8 [inner], written whole. sums: [inner], updated; sums wrap. fresh, oldest: int8 [rows][inner], the column that comes
 * and the one that leaves. None may overlap. p: read only, owned by the caller. Callable from task and interrupt; does not block;
 * no static state; stack under 128 bytes. Returns 0; -EINVAL (a null pointer, or a size below 1), then nothing is written. */
#define STATOR_KERNEL(op, isa, tile)                                                                                             \
    STATOR_MUST_CHECK int STATOR_KERNEL_NAME(op, isa, tile)(int8_t *out, void *sums, const int8_t *fresh, const int8_t *oldest,  \
                                                            const struct stator_running_mean *p);
#include "running_mean/kernels.inc"
#undef STATOR_KERNEL

/* The guard that every variant starts with. */
static inline int stator_running_mean_valid(const int8_t *out, const void *sums, const int8_t *fresh, const int8_t *oldest,
                                            const struct stator_running_mean *p) {
    return out && sums && fresh && oldest && p && p->rows > 0 && p->inner > 0 && p->count > 0 && p->count <= (1 << 23);
}

#endif
