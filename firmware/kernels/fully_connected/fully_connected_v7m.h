/* Between fully_connected_v7m.c, which goes over rows, and fully_connected_v7m.S, which computes one.
 *
 * Eight units side by side, their sums in registers. Stream: per eight units, as words: their biases, -input_zero_point * (sum of
 * weights) included; per input eight weights; per unit multiplier, shift to the right (1..31) and the output's zero point. Units
 * that are not there have zeros; nothing is written for them.
 */
#ifndef STATOR_KERNELS_FULLY_CONNECTED_V7M_H
#define STATOR_KERNELS_FULLY_CONNECTED_V7M_H

#include <stdint.h>

/* Computes a row: `units` outputs from `depth` inputs, both at least 1. Stack: 56 bytes, and what the caller puts there. */
void stator_fully_connected_v7m_row(int8_t *out, const int8_t *in, const int32_t *stream, int32_t depth, int32_t units);

#endif
