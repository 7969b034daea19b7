/* Between fully_connected_rv32im_pairs.c, which goes over rows, and fully_connected_rv32im_pairs.S, which computes one.
 *
 * INT4 weights, two products per multiplication: w0 + 8 + (w1 + 8) * 2^16 times an input is the sum of both products, the second
 * one times 2^16. Up to sixteen such products are added; 2^15 more, and neither half leaves its 16 bits. What the eights add,
 * eight times the sum of the inputs, the caller takes off.
 *
 * Eight units side by side. Stream: per eight units, as words: their biases, -input_zero_point * (sum of weights) included, and
 * of the first four 2^15 less for every sixteen inputs; per input a word, weight + 8 of unit k in its bits 4 k, of unit 4 + k in
 * its bits 16 + 4 k; per unit multiplier, rounding and shift of the requantize in asm.h. Units that are not there have zeros;
 * nothing is written for them.
 */
#ifndef STATOR_KERNELS_FULLY_CONNECTED_RV32IM_PAIRS_H
#define STATOR_KERNELS_FULLY_CONNECTED_RV32IM_PAIRS_H

#include <stdint.h>

/* Computes a row: `units` outputs from `depth` inputs, both at least 1. more: added to every sum. Stack: 64 bytes. */
void stator_fully_connected_rv32im_pairs_row(int8_t *out, const int8_t *in, const int32_t *stream, int32_t depth, int32_t units,
                                             int32_t more);

#endif
