/* What max_pool2d_xpulp.S computes for max_pool2d_xpulp.c. */
#ifndef STATOR_KERNELS_MAX_POOL2D_XPULP_H
#define STATOR_KERNELS_MAX_POOL2D_XPULP_H

#include <stdint.h>

/* The largest of four channels side by side over `rows` by `columns` pixels, both at least 1, to out[0 .. 3], within `low` and
 * `high`, of which each byte is the same. x: the first pixel's; step: from pixel to pixel, in bytes; pitch: from the end of a row
 * to the start of the next. Reads nothing else. Takes no stack. */
void stator_max_pool2d_xpulp_four(int8_t *out, const int8_t *x, int32_t step, int32_t columns, int32_t rows, int32_t pitch,
                                  uint32_t low, uint32_t high);

#endif
