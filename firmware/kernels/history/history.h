/* What a model remembers of earlier runs: the last columns of a tensor, the oldest first. No model file has this operator; the
 * compiler makes it where a model runs column by column, or where a file's variable holds columns (stream.py and remember.py of
 * tools/stator/passes/).
 */
#ifndef STATOR_KERNELS_HISTORY_H
#define STATOR_KERNELS_HISTORY_H

#include "common/kernel.h"

struct stator_history {
    int32_t bytes;     /* of all columns that are kept */
    int32_t new_bytes; /* of what is new; at most `bytes` */
};

/* Every variant in kernels.inc computes the same bytes.
 * history: `bytes` bytes, read and written: all but the first new_bytes move to the front, and what is new follows them. in:
 * new_bytes bytes; no aliasing. No alignment is asked for. p: read only, owned by the caller. Callable from task and interrupt;
 * does not block; no static state; stack under 64 bytes. Returns 0; -EINVAL (a null pointer, new_bytes below 1 or above bytes),
 * then nothing is written. */
#define STATOR_KERNEL(op, isa, tile)                                                                                             \
    STATOR_MUST_CHECK int STATOR_KERNEL_NAME(op, isa, tile)(void *history, const void *in, const struct stator_history *p);
#include "history/kernels.inc"
#undef STATOR_KERNEL

/* The guard that every variant starts with. */
static inline int stator_history_valid(const void *history, const void *in, const struct stator_history *p) {
    return history && in && p && p->new_bytes > 0 && p->new_bytes <= p->bytes;
}

#endif
