/* Which taps of a window lie inside the image (the portable C variants clip the window once and then look at no border), and the
 * order in which pixels are computed. */
#ifndef STATOR_KERNELS_COMMON_WINDOW_H
#define STATOR_KERNELS_COMMON_WINDOW_H

#include <stdint.h>

struct stator_taps {
    int32_t first; /* first tap inside */
    int32_t count; /* taps inside; 0 where there is none */
    int32_t at;    /* input position of the first tap inside */
};

/* Taps origin + k * dilation, k = 0..kernel-1, that lie in 0..size-1. dilation and size are at least 1. */
static inline struct stator_taps stator_taps_inside(int32_t origin, int32_t kernel, int32_t dilation, int32_t size) {
    if (origin >= 0 && origin + (kernel - 1) * dilation < size) {
        return (struct stator_taps){0, kernel, origin};
    }
    int32_t first = 0;
    int32_t at = origin;
    while (at < 0) {
        at += dilation;
        first++;
    }
    int32_t end = first;
    for (int32_t position = at; end < kernel && position < size; position += dilation) {
        end++;
    }
    return (struct stator_taps){first, end - first, at};
}

/* The i-th of `count` items in the order asked for: from the first to the last, or backwards. */
static inline int32_t stator_in_order(int32_t i, int32_t count, int32_t backwards) {
    return backwards ? count - 1 - i : i;
}

#endif
