/* Between fully_connected_v8mbase.c, which goes over rows, and fully_connected_v8mbase.S, which computes one.
 *
 * Eight units side by side, their sums in registers. Weights are 0..255, 128 more than they are, since signed bytes cannot be
 * loaded from a place that is in the instruction; 128 times the sum of the inputs is taken off at the end. Stream: per eight
 * units, as words: their biases, -input_zero_point * (sum of weights) included; per input eight weights; per unit multiplier,
 * shift to the right (1..31) and the output's zero point + 128. Units that are not there have zeros; nothing is written for them.
 */
#ifndef STATOR_KERNELS_FULLY_CONNECTED_V8MBASE_H
#define STATOR_KERNELS_FULLY_CONNECTED_V8MBASE_H

#include <stdint.h>

/* Computes a row: `units` outputs from `depth` inputs, both at least 1. Stack: 88 bytes, and what the caller puts there. */
void stator_fully_connected_v8mbase_row(int8_t *out, const int8_t *in, const int32_t *stream, int32_t depth, int32_t units);

#endif
