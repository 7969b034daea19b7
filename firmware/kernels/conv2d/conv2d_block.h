/* Between conv2d_blocks.inc, which finds windows, and an assembly function that computes: four output pixels, a window of each. A
 * window is `rows` runs of `row_bytes` bytes, `skip` bytes apart. */
#ifndef STATOR_KERNELS_CONV2D_BLOCK_H
#define STATOR_KERNELS_CONV2D_BLOCK_H

#include <stdint.h>

struct stator_conv2d_block {
    const int32_t *stream;
    const int8_t *from[4]; /* where the windows start */
    int8_t *to[4];         /* the pixels; where there are fewer than four, one of them again, with its own window */
    int32_t channels;
    int32_t rows, row_bytes, skip; /* at least 1; at least 1 */
    int32_t positive;              /* not 0: the output's zero point is -128, so that negative results all become that */
    void *behind;                  /* scratch that windows do not take, aligned to 4 */
};

#endif
