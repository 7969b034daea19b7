/* Between depthwise_conv2d_pixels.inc, which goes over pixels, and an assembly function that computes one, four channels side by
 * side. The last group are the last four channels, which may have been in the group before, too: they are computed twice, to the
 * same values. */
#ifndef STATOR_KERNELS_DEPTHWISE_CONV2D_PIXEL_H
#define STATOR_KERNELS_DEPTHWISE_CONV2D_PIXEL_H

#include <stdint.h>

struct stator_depthwise_conv2d_pixel {
    const int32_t *stream;
    const int8_t *from; /* the window's first tap */
    int8_t *to;
    int32_t channels; /* at least 4 */
    int32_t rows, columns;
    int32_t step;     /* from a tap to the next in a row, in bytes */
    int32_t next;     /* from behind a row to the next row */
    int32_t positive; /* not 0: the output's zero point is -128, so that negative results all become that */
};

#endif
