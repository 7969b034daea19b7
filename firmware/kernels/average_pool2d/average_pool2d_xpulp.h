/* What average_pool2d_xpulp.S computes for average_pool2d_xpulp.c. */
#ifndef STATOR_KERNELS_AVERAGE_POOL2D_XPULP_H
#define STATOR_KERNELS_AVERAGE_POOL2D_XPULP_H

#include <stdint.h>

/* Sums of four channels side by side over `rows` by `columns` pixels, both at least 1. x: the first pixel's; step: from pixel to
 * pixel, in bytes; pitch: from the end of a row to the start of the next. Reads nothing else. Takes no stack. */
void stator_average_pool2d_xpulp_sums(int32_t *sum, const int8_t *x, int32_t step, int32_t columns, int32_t rows, int32_t pitch);

#endif
