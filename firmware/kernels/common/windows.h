/* Windows over an image: the geometry that convolutions and poolings of several element types share. */
#ifndef STATOR_KERNELS_COMMON_WINDOWS_H
#define STATOR_KERNELS_COMMON_WINDOWS_H

#include "common/window.h"

#include <stdint.h>

/* Output pixel (y, x) sees the input pixels (y * stride_h - pad_top + ky * dilation_h, x * stride_w - pad_left + kx * dilation_w)
 * that lie in the image. */
struct stator_windows {
    int32_t batches;
    int32_t in_h, in_w, in_c;
    int32_t out_h, out_w;
    int32_t kernel_h, kernel_w;
    int32_t stride_h, stride_w;
    int32_t dilation_h, dilation_w;
    int32_t pad_top, pad_left; /* pixels; what is missing at the bottom and right follows from the sizes */
};

/* Sizes, strides and dilations are at least 1, paddings not negative. */
static inline int stator_windows_valid(const struct stator_windows *w) {
    return w->batches > 0 && w->in_h > 0 && w->in_w > 0 && w->in_c > 0 && w->out_h > 0 && w->out_w > 0 && w->kernel_h > 0 &&
           w->kernel_w > 0 && w->stride_h > 0 && w->stride_w > 0 && w->dilation_h > 0 && w->dilation_w > 0 && w->pad_top >= 0 &&
           w->pad_left >= 0;
}

/* One window, as far as it lies in the image. */
struct stator_window {
    int32_t at; /* element of the whole input: channel 0 of its first pixel */
    struct stator_taps rows, columns;
};

/* Pixels of the output, of all batches. */
static inline int32_t stator_pixels(const struct stator_windows *w) {
    return w->batches * w->out_h * w->out_w;
}

/* The window of output pixel 0..stator_pixels - 1. */
static inline struct stator_window stator_window_of(const struct stator_windows *w, int32_t pixel) {
    const int32_t row = pixel / w->out_w;
    const int32_t batch = row / w->out_h;
    const int32_t y = row - batch * w->out_h;
    const int32_t x = pixel - row * w->out_w;
    struct stator_window found;
    found.rows = stator_taps_inside(y * w->stride_h - w->pad_top, w->kernel_h, w->dilation_h, w->in_h);
    found.columns = stator_taps_inside(x * w->stride_w - w->pad_left, w->kernel_w, w->dilation_w, w->in_w);
    found.at = ((batch * w->in_h + found.rows.at) * w->in_w + found.columns.at) * w->in_c;
    return found;
}

#endif
