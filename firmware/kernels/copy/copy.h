/* Operators that only move elements (SLICE, TRANSPOSE, PAD, CONCATENATION, SPLIT, TILE and many more): a list of strided boxes,
 * each copied from an input to an output, after the output was filled with a border where there is one.
 */
#ifndef STATOR_KERNELS_COPY_H
#define STATOR_KERNELS_COPY_H

#include "common/kernel.h"

#define STATOR_COPY_MAX_RANK 8

struct stator_copy {
    int32_t element_bytes; /* 1, 2, 4 or 8; everything else counts elements */
    int32_t outputs;
    int32_t inputs;
    int32_t border_elements; /* of output 0, filled first; 0 where the boxes fill all outputs */
    uint32_t border;         /* the element's bits */
    int32_t parts;
    int32_t rank; /* 1..STATOR_COPY_MAX_RANK */
    /* [parts][4 + 3 * rank]: output, first element there, input, first element there, sizes, steps in the output, steps in the
     * input; outermost dimension first. */
    const int32_t *part;
};

/* Every variant in kernels.inc computes the same bytes.
 * out: `outputs` pointers, in: `inputs` pointers, to tensors whose sizes the boxes imply. No output may overlap an input. No
 * alignment is asked for. p and its table: read only, owned by the caller. Callable from task and interrupt; does not block; no
 * static state; stack under 256 bytes. Returns 0; -EINVAL (a null pointer, a size out of range), then nothing is written. */
#define STATOR_KERNEL(op, isa, tile)                                                                                             \
    STATOR_MUST_CHECK int STATOR_KERNEL_NAME(op, isa, tile)(void *const *out, const void *const *in, const struct stator_copy *p);
#include "copy/kernels.inc"
#undef STATOR_KERNEL

/* The guard that every variant starts with. */
static inline int stator_copy_valid(void *const *out, const void *const *in, const struct stator_copy *p) {
    return p && p->part && p->parts > 0 && p->rank > 0 && p->rank <= STATOR_COPY_MAX_RANK && p->element_bytes > 0 &&
           p->element_bytes <= 8 && stator_all_there((const void *const *)out, p->outputs) && stator_all_there(in, p->inputs);
}

#endif
