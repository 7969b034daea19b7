/* SELECT_V2: elements of one tensor where a mask is true, else of another; all three broadcast. */
#ifndef STATOR_KERNELS_SELECT_H
#define STATOR_KERNELS_SELECT_H

#include "common/kernel.h"
#include "common/pairs.h"

struct stator_select {
    struct stator_pairs over; /* of the two tensors */
    struct stator_pairs mask; /* the same sizes; a_stride is the mask's, b_stride is not used */
    int32_t element_bytes;
};

/* Every variant in kernels.inc computes the same bytes.
 * out: of over's shape, written whole. mask: bytes, 0 is false. a: where true, b: where false, as over's strides say. out may be
 * a or b where that is not broadcast. No alignment is asked for. Callable from task and interrupt; does not block; no static
 * state; stack under 128 bytes. Returns 0; -EINVAL (a null pointer, or a size out of range), then nothing is written. */
#define STATOR_KERNEL(op, isa, tile)                                                                                             \
    STATOR_MUST_CHECK int STATOR_KERNEL_NAME(op, isa, tile)(void *out, const uint8_t *mask, const void *a, const void *b,        \
                                                            const struct stator_select *p);
#include "select/kernels.inc"
#undef STATOR_KERNEL

/* The guard that every variant starts with. */
static inline int stator_select_valid(const void *out, const uint8_t *mask, const void *a, const void *b,
                                      const struct stator_select *p) {
    return out && mask && a && b && p && p->element_bytes > 0 && stator_pairs_valid(&p->over) && stator_pairs_valid(&p->mask);
}

#endif
