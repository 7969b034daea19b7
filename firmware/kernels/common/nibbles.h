/* INT4 weights: two of a byte, the first in its low half, -8..7. A row of them starts a byte; where their number is odd, the high
 * half of its last byte is not read.
 *
 * All functions: callable from anywhere, do not block, no memory but the stack.
 */
#ifndef STATOR_KERNELS_COMMON_NIBBLES_H
#define STATOR_KERNELS_COMMON_NIBBLES_H

#include "common/dot.h"

#include <stdint.h>

static inline int32_t stator_low_nibble(int32_t byte) {
    return (int32_t)((uint32_t)byte << 28) >> 28;
}

static inline int32_t stator_high_nibble(int32_t byte) {
    return byte >> 4;
}

/* Element `at` of a row. */
static inline int32_t stator_nibble(const int8_t *row, int32_t at) {
    const int32_t byte = row[at >> 1];
    return at & 1 ? stator_high_nibble(byte) : stator_low_nibble(byte);
}

/* Bytes of a row of `count`. */
static inline int32_t stator_nibble_bytes(int32_t count) {
    return (count + 1) >> 1;
}

/* a_i += x0 * (low half of row i's next byte) + x1 * (its high half). */
static inline void stator_dot4_nibble_pair(struct stator_dot4 *d, int32_t x0, int32_t x1) {
    const int32_t b1 = d->w0[d->pitch];
    const int32_t b0 = *d->w0++;
    d->a0 += x0 * stator_low_nibble(b0) + x1 * stator_high_nibble(b0);
    d->a1 += x0 * stator_low_nibble(b1) + x1 * stator_high_nibble(b1);
    const int32_t b3 = d->w2[d->pitch];
    const int32_t b2 = *d->w2++;
    d->a2 += x0 * stator_low_nibble(b2) + x1 * stator_high_nibble(b2);
    d->a3 += x0 * stator_low_nibble(b3) + x1 * stator_high_nibble(b3);
}

/* a_i += sum over k < count of (x[k] - zero_point) * (element at + k of row i); row 0 is `row`, the others follow `pitch` apart.
 * x moves on by `count`. */
static inline void stator_dot4_nibbles(struct stator_dot4 *d, const int8_t *row, int32_t at, int32_t count, int32_t zero_point) {
    d->w0 = row + (at >> 1);
    d->w2 = d->w0 + 2 * d->pitch;
    if ((at & 1) != 0 && count > 0) {
        stator_dot4_nibble_pair(d, 0, *d->x++ - zero_point);
        count--;
    }
    for (const int8_t *const end = d->x + (count & ~1); d->x != end; d->x += 2) {
        stator_dot4_nibble_pair(d, d->x[0] - zero_point, d->x[1] - zero_point);
    }
    if ((count & 1) != 0) {
        stator_dot4_nibble_pair(d, *d->x++ - zero_point, 0);
    }
}

/* acc + sum over k < count of (x[k] - zero_point) * (element at + k of the row). */
static inline int32_t stator_dot1_nibbles(int32_t acc, const int8_t *x, const int8_t *row, int32_t at, int32_t count,
                                          int32_t zero_point) {
    for (int32_t k = 0; k < count; k++) {
        acc += (x[k] - zero_point) * stator_nibble(row, at + k);
    }
    return acc;
}

#endif
