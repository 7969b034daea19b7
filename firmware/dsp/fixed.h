/* Integer arithmetic of the front end; docs/front-end.md gives every rounding. Right shifts of negative values round down, as
 * they do with every compiler that Stator is built with (a test holds that). */
#ifndef STATOR_DSP_FIXED_H
#define STATOR_DSP_FIXED_H

#include <stdint.h>

#include "dsp/features_config.h"

/* The upper half of a product: SMMUL on Cortex-M33, MULH on RISC-V. */
static inline int32_t stator_mulh(int32_t a, int32_t b) {
    return (int32_t)(((int64_t)a * b) >> 32);
}

static inline uint64_t stator_square(int32_t a) {
    return (uint64_t)((int64_t)a * a);
}

static inline int32_t stator_abs(int32_t a) {
    return a < 0 ? -a : a;
}

/* cos(2 pi k / STATOR_SINE_STEPS) in q31. */
static inline int32_t stator_cosine(uint32_t k) {
    return stator_dsp_sine[(k + STATOR_SINE_STEPS / 4u) % STATOR_SINE_STEPS];
}

/* The Hann window of a frame in q31, n = 0 .. STATOR_FRAME_SAMPLES - 1. */
static inline int32_t stator_hann(uint32_t n) {
    return (1 << 30) - 1 - (stator_cosine(n * (STATOR_SINE_STEPS / STATOR_FRAME_SAMPLES)) >> 1);
}

/* Left shift that brings `peak` (0 .. 2^31 - 1) to 31 - `spare` bits; 0 for a peak of 0, negative where it has more. */
static inline int stator_room(int32_t peak, int spare) {
    return peak ? __builtin_clz((uint32_t)peak) - 1 - spare : 0;
}

/* The bit-reversed successor of `index`, of which `half` is the highest bit: 0, half, half/2, half/2 + half, ... */
static inline uint32_t stator_reversed_next(uint32_t index, uint32_t half) {
    while (index & half) {
        index ^= half;
        half >>= 1;
    }
    return index | half;
}

/* 256 log2(power), 0 for 0; within 2.5. */
int32_t stator_log2_q8(uint64_t power);

/* About 2^15 sqrt(value), value = 0 .. 2^30 - 1; within 0.51 %. */
static inline int32_t stator_root_q30(int32_t value) {
    if (value <= 0) {
        return 0;
    }
    uint32_t mantissa = (uint32_t)value << 2;
    int shift = 0;
    while (!(mantissa >> 30)) { /* few rounds: the values are scaled up; cheaper than clz where that is a call */
        mantissa <<= 2;
        shift++;
    }
    mantissa >>= 16; /* a quarter to one, q16 */
    uint32_t bend = (((mantissa * mantissa) >> 16) * 20731u) >> 16;
    uint32_t root = 16992u + ((mantissa * 34473u) >> 15) - bend;
    return (int32_t)((root << 14) >> shift);
}

/* About |re + i im|, from -3.0 to +0.8 %. Parts at most 2^30.5 in magnitude. */
static inline int32_t stator_magnitude(int32_t re, int32_t im) {
    int32_t large = stator_abs(re);
    int32_t small = stator_abs(im);
    if (large < small) {
        int32_t swap = large;
        large = small;
        small = swap;
    }
    int32_t slanted = large - (large >> 3) + (small >> 1);
    return slanted > large ? slanted : large;
}

#endif
