/* Functions of one INT8 number, by table: out[i] = table[in[i] + 128]. The compiler computes the table, for every activation. */
#ifndef STATOR_KERNELS_LOOKUP_H
#define STATOR_KERNELS_LOOKUP_H

#include "common/kernel.h"

struct stator_lookup {
    const int8_t *table; /* [256] */
    int32_t elements;
};

/* Every variant in kernels.inc computes the same bytes.
 * out, in: int8 [elements]. out may be in. p: read only, owned by the caller, as the table. No alignment is asked for. Callable
 * from task and interrupt; does not block; no static state; stack under 64 bytes. Returns 0; -EINVAL (a null pointer, or elements
 * below 1), then nothing is written. */
#define STATOR_KERNEL(op, isa, tile)                                                                                             \
    STATOR_MUST_CHECK int STATOR_KERNEL_NAME(op, isa, tile)(int8_t *out, const int8_t *in, const struct stator_lookup *p);
#include "lookup/kernels.inc"
#undef STATOR_KERNEL

#endif
