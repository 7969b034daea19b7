/* Compares the fast form of requantize with the readable one, on edges and on a few million seeded random numbers.
 * Prints one FAIL line per kind of difference; exit status 0 only where there is none. */
#include <stdio.h>

#include "common/requantize.h"

static uint64_t state = 88172645463325252u;

static uint32_t next_random(void) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t)(state >> 16);
}

static int compare(int32_t x, int32_t multiplier, int32_t shift) {
    const int32_t want = stator_requantize(x, multiplier, shift);
    const int32_t got = stator_requantize_fast(x, multiplier, shift);
    if (want != got) {
        printf("FAIL requantize(%d, %d, %d): expected %d, got %d\n", (int)x, (int)multiplier, (int)shift, (int)want, (int)got);
    }
    return want != got;
}

int main(void) {
    static const int32_t edges[] = {
        INT32_MIN, INT32_MIN + 1, -(1 << 30) - 1, -(1 << 30),    -(1 << 30) + 1, -3,       -2, -1, 0, 1, 2,
        3,         (1 << 30) - 1, 1 << 30,        (1 << 30) + 1, INT32_MAX - 1,  INT32_MAX};
    static const int32_t multipliers[] = {0, 1 << 30, (1 << 30) + 1, 1518500250, INT32_MAX - 1, INT32_MAX};
    int bad = 0;
    for (int32_t shift = -31; shift <= 30; shift++) {
        for (size_t i = 0; i < sizeof edges / sizeof edges[0]; i++) {
            for (size_t k = 0; k < sizeof multipliers / sizeof multipliers[0]; k++) {
                bad += compare(edges[i], multipliers[k], shift);
            }
        }
        for (int32_t i = 0; i < 50000; i++) {
            const int32_t x = (int32_t)next_random() >> (next_random() % 32);
            bad += compare(x, (int32_t)(next_random() & 0x7fffffff), shift);
            /* Around the ties of this shift: x close to an odd multiple of half the divisor. */
            const int32_t half = shift < 0 ? (int32_t)(UINT32_C(1) << (-shift - 1)) : 1;
            const int64_t odd = (int64_t)half * (int32_t)(next_random() % 4096 - 2048) + (int32_t)(next_random() % 5) - 2;
            bad += compare((int32_t)(uint32_t)odd, multipliers[next_random() % 6], shift);
        }
    }
    return bad != 0;
}
