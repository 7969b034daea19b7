/* Between fully_connected_mve.c, which goes over rows, and fully_connected_mve.S, which computes one with Helium.
 *
 * A row is read in vectors of 16 bytes, the last of which may be shorter. Stream, as words: power, 0, 0, 0. Then per eight units,
 * in the order 0 2 4 6 1 3 5 7: for each vector, the last one first, the weights of each unit, 8 x 16 bytes; then constants as in
 * conv2d_mve.h, eight of each kind. Units that are missing are 0.
 */
#ifndef STATOR_KERNELS_FULLY_CONNECTED_MVE_H
#define STATOR_KERNELS_FULLY_CONNECTED_MVE_H

#include <stddef.h>
#include <stdint.h>

#define STATOR_FULLY_CONNECTED_MVE_HEADER 4 /* words of the stream before the first units */

struct stator_fully_connected_mve_row {
    const int8_t *in;
    const int8_t *last; /* its last vector, and */
    int32_t last_bytes; /* how many bytes that has, 1..16 */
    int32_t turns;      /* of the loop over the others, four each */
    int32_t entry;      /* where that loop is entered: vectors left out of the first turn */
    int32_t power;
    int8_t *out;
    int32_t units;
    const int32_t *stream; /* of the first units */
    int32_t zero_point;    /* of the output */
    int32_t unused[2];     /* up to three vectors */
};

#if defined(__arm__)
_Static_assert(sizeof(struct stator_fully_connected_mve_row) == 48, "fully_connected_mve.S");
#endif

/* Computes all units of a row. Reads the row from any address, and nothing else. Stack: 84 bytes. */
void stator_fully_connected_mve_row(const struct stator_fully_connected_mve_row *row);

#endif
