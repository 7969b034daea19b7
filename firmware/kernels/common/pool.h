/* What the poolings share. */
#ifndef STATOR_KERNELS_COMMON_POOL_H
#define STATOR_KERNELS_COMMON_POOL_H

#include "common/kernel.h"
#include "common/windows.h"

/* Of integers. */
struct stator_pool2d {
    struct stator_windows over; /* in_c channels, out as in; no padding is as large as its kernel */
    int32_t activation_min;     /* in the elements' range, not above activation_max */
    int32_t activation_max;
};

/* Whether every window sees at least one pixel. */
static inline int stator_pool_windows_valid(const struct stator_windows *w) {
    return stator_windows_valid(w) && w->pad_top < w->kernel_h && w->pad_left < w->kernel_w &&
           (w->out_h - 1) * w->stride_h - w->pad_top < w->in_h && (w->out_w - 1) * w->stride_w - w->pad_left < w->in_w;
}

/* The guard that every variant for integers starts with. */
static inline int stator_pool2d_valid(const void *out, const void *in, const struct stator_pool2d *p) {
    return out && in && p && stator_pool_windows_valid(&p->over);
}

/* The mean of `count` elements, rounded half away from zero. */
static inline int32_t stator_rounded_mean(int32_t sum, int32_t count) {
    return (sum > 0 ? sum + count / 2 : sum - count / 2) / count;
}

#endif
