#include "dsp/stages_q15.h"

#include "dsp/fixed.h"

typedef int16_t __attribute__((may_alias)) part; /* where numbers are read that 32-bit bins are written over */

enum {
    EIGHTH = 23170, /* sin(pi / 4) in q15 */
    SAMPLES = 1024,
};

struct number {
    int32_t re, im;
};

static inline struct number sum(struct number a, struct number b) {
    return (struct number){a.re + b.re, a.im + b.im};
}

static inline struct number difference(struct number a, struct number b) {
    return (struct number){a.re - b.re, a.im - b.im};
}

/* -i z: turned by a quarter */
static inline struct number quarter(struct number z) {
    return (struct number){z.im, -z.re};
}

/* Turned by an eighth, rounded to nearest. */
static inline struct number eighth(struct number z) {
    return (struct number){((z.re + z.im) * EIGHTH + (1 << 14)) >> 15, ((z.im - z.re) * EIGHTH + (1 << 14)) >> 15};
}

static inline void four(struct number *out, struct number a, struct number b, struct number c, struct number d) {
    struct number s = sum(a, c), t = difference(a, c);
    struct number u = sum(b, d), v = quarter(difference(b, d));
    out[0] = sum(s, u);
    out[1] = sum(t, v);
    out[2] = difference(s, u);
    out[3] = difference(t, v);
}

/* The FFT of eight numbers, not scaled. */
static inline void eight(struct number *out, const struct number *y) {
    struct number even[4], odd[4];
    four(even, y[0], y[2], y[4], y[6]);
    four(odd, y[1], y[3], y[5], y[7]);
    odd[1] = eighth(odd[1]);
    odd[2] = quarter(odd[2]);
    odd[3] = quarter(eighth(odd[3]));
#pragma GCC unroll 4
    for (int i = 0; i < 4; i++) {
        out[i] = sum(even[i], odd[i]);
        out[i + 4] = difference(even[i], odd[i]);
    }
}

static inline void store(int16_t *z, struct number value) {
    z[0] = (int16_t)value.re;
    z[1] = (int16_t)value.im;
}

/* The first butterfly of number n and those 64, 128, ... further, in the place where the next stage takes it: base 8 reversed. */
static inline void first(int16_t *z, uint32_t n, const struct number *y) {
    struct number out[8];
    eight(out, y);
    int16_t *to = z + 16 * (n % 8 * 8 + n / 8);
#pragma GCC unroll 8
    for (int i = 0; i < 8; i++) {
        store(to + 2 * i, out[i]);
    }
}

void stator_q15_eights(int16_t *z, const int16_t *x, int32_t gain) {
    for (uint32_t n = 0; n < 64; n++) {
        struct number y[8];
#pragma GCC unroll 8
        for (uint32_t i = 0; i < 8; i++) {
            const int16_t *sample = x + 2 * n + i * (SAMPLES / 8);
            y[i] = (struct number){(sample[0] * gain) >> 16, (sample[1] * gain) >> 16};
        }
        first(z, n, y);
    }
}

static inline int32_t windowed(const int16_t *half, uint32_t n, int32_t mean, int32_t gain) {
    return stator_mulh((half[n] - mean) * gain, stator_hann(n)) >> 16;
}

void stator_q15_windowed(int16_t *z, const int16_t *half, int32_t mean, int32_t gain) {
    for (uint32_t n = 0; n < 64; n++) {
        struct number y[8];
#pragma GCC unroll 8
        for (uint32_t i = 0; i < 8; i++) {
            const uint32_t at = 2 * n + i * (SAMPLES / 8);
            y[i] = (struct number){windowed(half, at, mean, gain), windowed(half, at + 1, mean, gain)};
        }
        first(z, n, y);
    }
}

/* z (cos - i sin) / 4, rounded down; turn: cosine and sine in q14 */
static inline struct number turned(const int16_t *z, const int16_t *turn) {
    return (struct number){(z[0] * turn[0] + z[1] * turn[1]) >> 16, (z[1] * turn[0] - z[0] * turn[1]) >> 16};
}

void stator_q15_radix8(int16_t *z, uint32_t span) {
    const uint32_t apart = 2 * span; /* in int16 */
    const uint32_t row = 14 * (64 / span);
    for (int16_t *block = z; block != z + SAMPLES; block += 8 * apart) {
        const int16_t *turns = stator_dsp_turns_q15;
        for (int16_t *at = block; at != block + apart; at += 2) {
            struct number y[8], out[8];
            y[0] = (struct number){at[0] >> 2, at[1] >> 2};
#pragma GCC unroll 8
            for (uint32_t i = 1; i < 8; i++) {
                y[i] = turned(at + i * apart, turns + 2 * (i - 1));
            }
            eight(out, y);
#pragma GCC unroll 8
            for (uint32_t i = 0; i < 8; i++) {
                store(at + i * apart, (struct number){out[i].re >> 1, out[i].im >> 1});
            }
            at[0] = (int16_t)(at[0] + 2); /* what rounding down took off all eight adds up here */
            at[1] = (int16_t)(at[1] + 2);
            turns += row;
        }
    }
}

void stator_q15_split(int32_t *z, uint32_t bins) {
    const part *p = (const part *)(z + 256);
    const part *q = p + SAMPLES;
    const int16_t *turn = stator_dsp_split_q15;
    z[0] = (p[0] + p[1] + 8) * (1 << 14); /* 8: what rounding the samples down took off */
    z[1] = 0;
    for (uint32_t k = 1; k <= 256; k++) {
        p += 2;
        q -= 2;
        const int32_t less = turn[0], cos = turn[1], more = (1 << 14) - less; /* 1 - sin, cos, 1 + sin in q13 */
        const struct number a = {p[0], p[1]}, b = {q[0], q[1]};
        turn += 2;
        if (512 - k < bins) {
            z[2 * (512 - k)] = a.re * more - a.im * cos + b.re * less - b.im * cos;
            z[2 * (512 - k) + 1] = b.im * less + b.re * cos - a.im * more - a.re * cos;
        }
        z[2 * k] = a.re * less + a.im * cos + b.re * more + b.im * cos;
        z[2 * k + 1] = a.im * less - a.re * cos - b.im * more + b.re * cos;
    }
}
