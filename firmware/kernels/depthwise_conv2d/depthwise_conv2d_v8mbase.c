/* Depthwise convolution for Armv8-M Baseline and Armv6-M, pixel by pixel (depthwise_conv2d_pixels.inc). */
#include "depthwise_conv2d/depthwise_conv2d_v8mbase.h"
#include "depthwise_conv2d/depthwise_conv2d_pixels.inc"

static inline void compute(const struct stator_depthwise_conv2d_pixel *pixel) {
    stator_depthwise_conv2d_v8mbase_pixel(pixel);
}

int stator_depthwise_conv2d_s8__v8mbase(int8_t *out, const int8_t *in, const struct stator_depthwise_conv2d_packed *p,
                                        void *scratch) {
    return by_pixels(out, in, p, scratch);
}
