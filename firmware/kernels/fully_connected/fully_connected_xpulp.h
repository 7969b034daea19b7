/* Between fully_connected_xpulp.c, which goes over rows, and fully_connected_xpulp.S, which computes one.
 *
 * Eight units side by side, their sums in registers. Stream: per eight units, as words: their biases, -input_zero_point * (sum of
 * weights) included; per four inputs the units' weights, zeros where the row has no more inputs; per unit multiplier, rounding
 * and shift of CV_REQUANTIZE in xpulp.inc. Units that are not there have zeros; nothing is written for them.
 */
#ifndef STATOR_KERNELS_FULLY_CONNECTED_XPULP_H
#define STATOR_KERNELS_FULLY_CONNECTED_XPULP_H

#include <stdint.h>

/* Computes a row: `units` outputs from `depth` inputs, both at least 1. `positive`: whether the output's zero point is -128.
 * Stack: 48 bytes. */
void stator_fully_connected_xpulp_row(int8_t *out, const int8_t *in, const int32_t *stream, int32_t depth, int32_t units,
                                      int32_t positive);

#endif
