/* GATHER and GATHER_ND: runs of elements at places that another tensor names. */
#ifndef STATOR_KERNELS_GATHER_H
#define STATOR_KERNELS_GATHER_H

#include "common/kernel.h"
#include "common/pairs.h"

struct stator_gather {
    int32_t element_bytes;
    int32_t batches;
    int32_t outer;
    int32_t count;                   /* places in a batch */
    int32_t depth;                   /* indices that name a place: 1..STATOR_MAX_RANK */
    int32_t inner;                   /* elements at a place */
    int32_t block;                   /* elements between one outer index and the next */
    int32_t size[STATOR_MAX_RANK];   /* of the dimensions that the indices belong to */
    int32_t stride[STATOR_MAX_RANK]; /* of these, in elements */
};

/* Every variant in kernels.inc computes the same bytes.
 * out: [batches][outer][count][inner], written whole. in: [batches][outer][block]. indices: int32 [batches][count][depth],
 * aligned to 4; an index out of range counts as the nearest that is in range. out must not overlap the others. Callable from task
 * and interrupt; does not block; no static state; stack under 128 bytes. Returns 0; -EINVAL (a null pointer, or a size out of
 * range), then nothing is written. */
#define STATOR_KERNEL(op, isa, tile)                                                                                             \
    STATOR_MUST_CHECK int STATOR_KERNEL_NAME(op, isa, tile)(void *out, const void *in, const int32_t *indices,                   \
                                                            const struct stator_gather *p);
#include "gather/kernels.inc"
#undef STATOR_KERNEL

/* The guard that every variant starts with. */
static inline int stator_gather_valid(const void *out, const void *in, const int32_t *indices, const struct stator_gather *p) {
    return out && in && indices && p && p->element_bytes > 0 && p->batches > 0 && p->outer > 0 && p->count > 0 && p->depth > 0 &&
           p->depth <= STATOR_MAX_RANK && p->inner > 0 && p->block > 0;
}

#endif
