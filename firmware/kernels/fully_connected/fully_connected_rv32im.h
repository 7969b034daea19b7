/* Between fully_connected_rv32im.c, which goes over rows, and fully_connected_rv32im.S, which computes one.
 *
 * Sixteen units side by side, their sums in registers; eight or fewer that are left are eight side by side. Stream: per that many
 * units, as words: their biases, -input_zero_point * (sum of weights) included; per input a weight of each; per unit multiplier,
 * rounding and shift of the requantize in asm.h. Units that are not there have zeros; nothing is written for them.
 */
#ifndef STATOR_KERNELS_FULLY_CONNECTED_RV32IM_H
#define STATOR_KERNELS_FULLY_CONNECTED_RV32IM_H

#include <stdint.h>

/* Computes a row: `units` outputs from `depth` inputs, both at least 1. Stack: 64 bytes. */
void stator_fully_connected_rv32im_row(int8_t *out, const int8_t *in, const int32_t *stream, int32_t depth, int32_t units);

#endif
