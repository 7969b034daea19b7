/* SOFTMAX of floats over the last axis: exp((x - largest) * beta), over their sum. */
#ifndef STATOR_KERNELS_REAL_SOFTMAX_H
#define STATOR_KERNELS_REAL_SOFTMAX_H

#include "common/kernel.h"

struct stator_real_softmax {
    int32_t rows;
    int32_t depth;
    float beta;
};

/* Every variant in kernels.inc computes the same bytes, as far as the machine's expf does.
 * out: float [rows][depth], written whole. in: float [rows][depth]. Both are aligned for float. out may be in. Callable from task
 * and interrupt; does not block; no static state; stack under 128 bytes and that of expf. Returns 0; -EINVAL (a null pointer, or
 * a size below 1), then nothing is written. */
#define STATOR_KERNEL(op, isa, tile)                                                                                             \
    STATOR_MUST_CHECK int STATOR_KERNEL_NAME(op, isa, tile)(float *out, const float *in, const struct stator_real_softmax *p);
#include "real_softmax/kernels.inc"
#undef STATOR_KERNEL

#endif
