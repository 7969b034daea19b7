/* Between fully_connected_v7em_pairs.c, which goes over rows, and fully_connected_v7em_pairs.S, which computes one.
 *
 * INT4 weights, eight units side by side. A word holds the weights of four units for two inputs, plus eight each, so that a mask
 * takes those of a unit as two halves. What the eights add, eight times the sum of the inputs, the caller takes off.
 *
 * Stream: per eight units, as words: their biases, -input_zero_point * (sum of weights) included; per four inputs x0..x3 two
 * words of the units 0..3 and 4..7 for x0 and x2, then two for x1 and x3: of unit k or 4 + k the first weight + 8 in bits 4 k,
 * the second in bits 16 + 4 k; multiplier and shift (to the right) of each unit. Inputs behind the last are 0 in `rest`. Units
 * that are missing have zeros.
 */
#ifndef STATOR_KERNELS_FULLY_CONNECTED_V7EM_PAIRS_H
#define STATOR_KERNELS_FULLY_CONNECTED_V7EM_PAIRS_H

#include <stddef.h>
#include <stdint.h>

struct stator_fully_connected_v7em_pairs {
    int8_t *out;
    const int8_t *out_end;
    const int8_t *in;
    const int8_t *in_end; /* of whole words */
    uint32_t rest;        /* the bytes behind in_end */
    int32_t has_rest;     /* 0 or 1 */
    int32_t zero_point;   /* of the output */
    int32_t more;         /* added to every sum */
    const int32_t *stream;
};

#if defined(__arm__)
_Static_assert(offsetof(struct stator_fully_connected_v7em_pairs, stream) == 32, "fully_connected_v7em_pairs.S");
#endif

/* Computes all units of a row. Reads the row from any address, and nothing else. Stack: 72 bytes. */
void stator_fully_connected_v7em_pairs_row(const struct stator_fully_connected_v7em_pairs *row);

#endif
