/* Decimation in time: one stage of radix 2 where the number of stages is odd, then radix 4. In bit-reversed order the four
 * quarters of a radix-4 block hold the inputs 0, 2, 1 and 3 (modulo 4). */
#include "dsp/fft.h"

#include "dsp/fixed.h"

enum { QUARTER = STATOR_SINE_STEPS / 4 }; /* from a sine to its cosine */

struct complex32 {
    int32_t re, im;
};

/* z (cos - i sin) / 2 */
static inline struct complex32 turn(struct complex32 z, int32_t cos, int32_t sin) {
    return (struct complex32){stator_mulh(z.re, cos) + stator_mulh(z.im, sin), stator_mulh(z.im, cos) - stator_mulh(z.re, sin)};
}

static inline struct complex32 halved(struct complex32 z) {
    return (struct complex32){z.re >> 1, z.im >> 1};
}

static inline struct complex32 load(const int32_t *z) {
    return (struct complex32){z[0], z[1]};
}

static inline void store(int32_t *z, int32_t re, int32_t im) {
    z[0] = re;
    z[1] = im;
}

/* The last step of a radix-4 butterfly: its inputs are turned and halved already, in the order of the input modulo 4. */
static inline void combine(int32_t *z, uint32_t quarter, struct complex32 a, struct complex32 b, struct complex32 c,
                           struct complex32 d) {
    struct complex32 s = {(a.re + c.re) >> 1, (a.im + c.im) >> 1};
    struct complex32 t = {(a.re - c.re) >> 1, (a.im - c.im) >> 1};
    struct complex32 u = {(b.re + d.re) >> 1, (b.im + d.im) >> 1};
    struct complex32 v = {(b.re - d.re) >> 1, (b.im - d.im) >> 1};
    store(z, s.re + u.re, s.im + u.im);
    store(z + quarter, t.re + v.im, t.im - v.re);
    store(z + 2 * quarter, s.re - u.re, s.im - u.im);
    store(z + 3 * quarter, t.re - v.im, t.im + v.re);
}

static void radix2(int32_t *z, const int32_t *end) {
    for (; z < end; z += 4) {
        struct complex32 a = halved(load(z));
        struct complex32 b = halved(load(z + 2));
        store(z, a.re + b.re, a.im + b.im);
        store(z + 2, a.re - b.re, a.im - b.im);
    }
}

/* Joins FFTs of `span` numbers, four at a time. */
static void radix4(int32_t *z, const int32_t *end, uint32_t span) {
    const uint32_t quarter = 2 * span; /* in int32 */
    const uint32_t step = STATOR_SINE_STEPS / (4 * span);
    for (int32_t *p = z; p < end; p += 4 * quarter) { /* nothing to turn */
        combine(p, quarter, halved(load(p)), halved(load(p + 2 * quarter)), halved(load(p + quarter)),
                halved(load(p + 3 * quarter)));
    }
    const int32_t *turn1 = stator_dsp_sine, *turn2 = stator_dsp_sine, *turn3 = stator_dsp_sine; /* of k, 2k and 3k steps */
    for (uint32_t k = 1; k < span; k++) {
        turn1 += step;
        turn2 += 2 * step;
        turn3 += 3 * step;
        const int32_t sin1 = turn1[0], cos1 = turn1[QUARTER]; /* 3k steps are less than three quarters: no index wraps */
        const int32_t sin2 = turn2[0], cos2 = turn2[QUARTER];
        const int32_t sin3 = turn3[0], cos3 = turn3[QUARTER];
        int32_t *p = z + 2 * k;
        do {
            struct complex32 c = turn(load(p + quarter), cos2, sin2);
            struct complex32 b = turn(load(p + 2 * quarter), cos1, sin1);
            struct complex32 d = turn(load(p + 3 * quarter), cos3, sin3);
            combine(p, quarter, halved(load(p)), b, c, d);
            p += 4 * quarter;
        } while (p < end);
    }
}

void stator_fft(int32_t *z, uint32_t size) {
    const int32_t *end = z + 2 * size;
    uint32_t span = 1;
    if (__builtin_ctz(size) & 1) {
        radix2(z, end);
        span = 2;
    }
    for (; span < size; span *= 4) {
        radix4(z, end, span);
    }
}

void stator_real_fft(int32_t *z, uint32_t size) {
    stator_fft(z, size);
    store(z, (((z[0] >> 1) * 2) >> 1) + (((z[1] >> 1) * 2) >> 1), 0);
    const uint32_t step = STATOR_SINE_STEPS / (2 * size);
    const int32_t *angle = stator_dsp_sine;
    int32_t *p = z;
    int32_t *q = z + 2 * size;
    do {
        p += 2;
        q -= 2;
        angle += step;
        struct complex32 a = halved(load(p));
        struct complex32 b = halved(load(q));
        struct complex32 even = {a.re + b.re, a.im - b.im};
        struct complex32 odd = {a.im + b.im, b.re - a.re};
        int32_t sin = angle[0], cos = angle[QUARTER];
        struct complex32 low = turn(odd, cos, sin);
        struct complex32 high = turn((struct complex32){odd.re, -odd.im}, -cos, sin); /* the mirrored bin */
        store(q, (even.re >> 1) + high.re, (-even.im >> 1) + high.im);
        store(p, (even.re >> 1) + low.re, (even.im >> 1) + low.im);
    } while (p < q);
}
