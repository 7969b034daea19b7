/* Depthwise convolution for RV32IM, pixel by pixel (depthwise_conv2d_pixels.inc). */
#include "depthwise_conv2d/depthwise_conv2d_rv32im.h"
#include "depthwise_conv2d/depthwise_conv2d_pixels.inc"

static inline void compute(const struct stator_depthwise_conv2d_pixel *pixel) {
    if (pixel->rows == 3 && pixel->columns == 3) {
        stator_depthwise_conv2d_rv32im_pixel3x3(pixel);
    } else {
        stator_depthwise_conv2d_rv32im_pixel(pixel);
    }
}

int stator_depthwise_conv2d_s8__rv32im(int8_t *out, const int8_t *in, const struct stator_depthwise_conv2d_packed *p,
                                       void *scratch) {
    return by_pixels(out, in, p, scratch);
}
