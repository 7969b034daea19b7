/* RESIZE_NEAREST_NEIGHBOR and RESIZE_BILINEAR: an image under another height and width. Which pixels an output pixel is made of,
 * and in which parts, is in tables that the compiler makes. */
#ifndef STATOR_KERNELS_RESIZE_H
#define STATOR_KERNELS_RESIZE_H

#include "common/kernel.h"

/* Along one direction, an output pixel lies between the input pixels `low` and `high`. */
struct stator_resize {
    int32_t batches;
    int32_t in_h, in_w;
    int32_t out_h, out_w;
    int32_t channels;
    int32_t element_bytes;
    const int32_t *rows;         /* [out_h][2]: low and high */
    const int32_t *columns;      /* [out_w][2] */
    const int32_t *row_parts;    /* [out_h], for bilinear_s8: the part of high, of 1024 */
    const int32_t *column_parts; /* [out_w] */
    const float *row_shares;     /* [out_h], for bilinear_f32: the share of high */
    const float *column_shares;  /* [out_w] */
};

/* Every variant in kernels.inc computes the same bytes.
 * out: [batches][out_h][out_w][channels], written whole. in: [batches][in_h][in_w][channels]. Elements are int8 or float, aligned
 * for it; for nearest anything of element_bytes. out and in must not overlap. Tables that a kernel does not use may be null.
 * Callable from task and interrupt; does not block; no static state; stack under 128 bytes. Returns 0; -EINVAL (a null pointer,
 * or a size out of range), then nothing is written. */
#define STATOR_KERNEL(op, isa, tile)                                                                                             \
    STATOR_MUST_CHECK int STATOR_KERNEL_NAME(op, isa, tile)(void *out, const void *in, const struct stator_resize *p);
#include "resize/kernels.inc"
#undef STATOR_KERNEL

/* The guard that every variant starts with. */
static inline int stator_resize_valid(const void *out, const void *in, const struct stator_resize *p) {
    return out && in && p && p->rows && p->columns && p->batches > 0 && p->in_h > 0 && p->in_w > 0 && p->out_h > 0 &&
           p->out_w > 0 && p->channels > 0 && p->element_bytes > 0;
}

#endif
