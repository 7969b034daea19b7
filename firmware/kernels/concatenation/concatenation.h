/* CONCATENATION of up to four INT8 tensors along one axis: for each of `outer` rows, run0 bytes of a, run1 of b, and so on.
 *
 * All have the same scale and zero point. An input that is not there has a run of 0; its pointer may be any that is not null.
 */
#ifndef STATOR_KERNELS_CONCATENATION_H
#define STATOR_KERNELS_CONCATENATION_H

#include "common/kernel.h"

struct stator_concatenation {
    int32_t outer;
    int32_t run0, run1, run2, run3; /* bytes per row; run0 at least 1, the others not negative */
};

/* Every variant in kernels.inc computes the same bytes.
 * out: int8 [outer][run0 + run1 + run2 + run3], written whole. a: int8 [outer][run0], and so on. out must not overlap an input.
 * No alignment is asked for. Callable from task and interrupt; does not block; no static state; stack under 64 bytes. Returns 0;
 * -EINVAL (a null pointer, outer or run0 below 1, a negative run), then nothing is written. */
#define STATOR_KERNEL(op, isa, tile)                                                                                             \
    STATOR_MUST_CHECK int STATOR_KERNEL_NAME(op, isa, tile)(int8_t *out, const int8_t *a, const int8_t *b, const int8_t *c,      \
                                                            const int8_t *d, const struct stator_concatenation *p);
#include "concatenation/kernels.inc"
#undef STATOR_KERNEL

#endif
