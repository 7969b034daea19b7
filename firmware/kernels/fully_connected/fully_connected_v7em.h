/* Between fully_connected_v7em.c, which goes over rows, and fully_connected_v7em.S, which computes one.
 *
 * Stream: per four units, as words: four biases, from which zero point times weights is taken; for every four bytes of the row,
 * those of the weights of each unit; multiplier and shift (to the right) of each unit. Rows are padded to words; the weights
 * there are 0, as all of units that are missing.
 */
#ifndef STATOR_KERNELS_FULLY_CONNECTED_V7EM_H
#define STATOR_KERNELS_FULLY_CONNECTED_V7EM_H

#include <stddef.h>
#include <stdint.h>

struct stator_fully_connected_v7em_row {
    int32_t zero_point; /* of the output */
    int8_t *out;
    const int8_t *out_end;
    const int8_t *in;
    const int8_t *in_end; /* of whole words */
    uint32_t rest;        /* the bytes behind in_end */
    int32_t has_rest;     /* 0 or 1 */
    const int32_t *stream;
};

#if defined(__arm__)
_Static_assert(offsetof(struct stator_fully_connected_v7em_row, stream) == 28, "fully_connected_v7em.S");
#endif

/* Computes all units of a row. Reads the row from any address, and nothing else. Stack: 72 bytes. */
void stator_fully_connected_v7em_row(const struct stator_fully_connected_v7em_row *row);

#endif
