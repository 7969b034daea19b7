/* PAD, INT8: a border of one value around a tensor of four dimensions. */
#ifndef STATOR_KERNELS_PAD_H
#define STATOR_KERNELS_PAD_H

#include "common/kernel.h"

struct stator_pad {
    int32_t size0, size1, size2, size3;         /* the input's, outermost first */
    int32_t before0, before1, before2, before3; /* elements of the border, not negative */
    int32_t after0, after1, after2, after3;
    int32_t value; /* -128..127 */
};

/* Every variant in kernels.inc computes the same bytes.
 * out: int8 [before + size + after of each dimension], written whole. in: int8 [sizes]. out and in must not overlap. No alignment
 * is asked for. Callable from task and interrupt; does not block; no static state; stack under 128 bytes. Returns 0; -EINVAL (a
 * null pointer, a size below 1, a negative border), then nothing is written. */
#define STATOR_KERNEL(op, isa, tile)                                                                                             \
    STATOR_MUST_CHECK int STATOR_KERNEL_NAME(op, isa, tile)(int8_t *out, const int8_t *in, const struct stator_pad *p);
#include "pad/kernels.inc"
#undef STATOR_KERNEL

/* The guard that every variant starts with. */
static inline int stator_pad_valid(const int8_t *out, const int8_t *in, const struct stator_pad *p) {
    return out && in && p && p->size0 > 0 && p->size1 > 0 && p->size2 > 0 && p->size3 > 0 && p->before0 >= 0 && p->before1 >= 0 &&
           p->before2 >= 0 && p->before3 >= 0 && p->after0 >= 0 && p->after1 >= 0 && p->after2 >= 0 && p->after3 >= 0;
}

#endif
