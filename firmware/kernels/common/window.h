/* Which taps of a window lie inside the image: the portable C variants clip the window once and then look at no border. */
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

#endif
