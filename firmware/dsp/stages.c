#include "dsp/stages.h"

#include "dsp/fixed.h"

enum { QUARTER = STATOR_SINE_STEPS / 4 }; /* from a sine to its cosine */

struct complex32 {
    int32_t re, im;
};

/* z (cos - i sin) / 2 */
static inline struct complex32 turn(struct complex32 z, int32_t cos, int32_t sin) {
    return (struct complex32){stator_mulh(z.re, cos) + stator_mulh(z.im, sin), stator_mulh(z.im, cos) - stator_mulh(z.re, sin)};
}

/* The same by 2 k eighths of a circle, k = 0 .. 3. */
static inline struct complex32 turn_eighths(struct complex32 z, uint32_t k) {
    const int32_t *angle = stator_dsp_sine + k * (STATOR_SINE_STEPS / 8);
    return turn(z, angle[QUARTER], angle[0]);
}

static inline struct complex32 halved(struct complex32 z) {
    return (struct complex32){z.re >> 1, z.im >> 1};
}

static inline struct complex32 load(const int32_t *z) {
    return (struct complex32){z[0], z[1]};
}

static inline struct complex32 load_shifted(const int32_t *z, int room) {
    return (struct complex32){(int32_t)((uint32_t)z[0] << room), (int32_t)((uint32_t)z[1] << room)};
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

/* The first two stages of the numbers x0 .. x7, which are an eighth of all numbers apart. */
static inline void eight(int32_t *z, const struct complex32 *x) {
    struct complex32 sum[4], difference[4];
    for (int i = 0; i < 4; i++) {
        struct complex32 a = halved(x[i]);
        struct complex32 b = halved(x[i + 4]);
        sum[i] = (struct complex32){a.re + b.re, a.im + b.im};
        difference[i] = (struct complex32){a.re - b.re, a.im - b.im};
    }
    combine(z, 4, halved(sum[0]), halved(sum[1]), halved(sum[2]), halved(sum[3]));
    combine(z + 2, 4, halved(difference[0]), turn_eighths(difference[1], 1), turn_eighths(difference[2], 2),
            turn_eighths(difference[3], 3));
}

void stator_stage_eights(int32_t *z, const int32_t *x, uint32_t size, int room) {
    uint32_t at = 0;
    for (const int32_t *end = x + size / 4; x != end; x += 2) {
        struct complex32 eighths[8];
        for (uint32_t i = 0; i < 8; i++) {
            eighths[i] = load_shifted(x + i * (size / 4), room);
        }
        eight(z + 2 * at, eighths);
        at = stator_reversed_next(at, size / 2);
    }
}

void stator_stage_windowed(int32_t *z, const int16_t *half, int32_t mean, int room) {
    enum { SAMPLES = STATOR_FRAME_SAMPLES, PARTS = STATOR_WINDOWED_SPAN, PART = SAMPLES / PARTS };
    const int32_t scale = 1 << room;
    uint32_t at = 0;
    for (uint32_t n = 0; n < PART; n += 2) {
        struct complex32 x[8] = {{0}};
        for (uint32_t i = 0; i < PARTS; i++) {
            const int16_t *sample = half + (n + i * PART) * STATOR_FRAME_STRIDE;
            x[i] = (struct complex32){stator_mulh((sample[0] - mean) * scale, stator_hann(n + i * PART)),
                                      stator_mulh((sample[STATOR_FRAME_STRIDE] - mean) * scale, stator_hann(n + 1 + i * PART))};
        }
        if (PARTS == 8) {
            eight(z + 2 * at, x);
        } else {
            combine(z + 2 * at, 2, halved(x[0]), halved(x[1]), halved(x[2]), halved(x[3]));
        }
        at = stator_reversed_next(at, SAMPLES / 4);
    }
}

void stator_stage_fours(int32_t *z, const int32_t *x, uint32_t size, int room) {
    const uint32_t quarter = size / 2; /* in int32 */
    uint32_t at = 0;
    for (const int32_t *end = x + quarter; x != end; x += 2) {
        combine(z + 2 * at, 2, halved(load_shifted(x, room)), halved(load_shifted(x + quarter, room)),
                halved(load_shifted(x + 2 * quarter, room)), halved(load_shifted(x + 3 * quarter, room)));
        at = stator_reversed_next(at, size / 2);
    }
}

void stator_stage_radix4(int32_t *z, const int32_t *end, uint32_t span) {
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

void stator_stage_split(int32_t *z, uint32_t size, uint32_t bins) {
    store(z, (z[0] >> 1) + (z[1] >> 1), 0);
    const uint32_t step = STATOR_SINE_STEPS / (2 * size);
    const int32_t *angle = stator_dsp_sine;
    const int32_t *last = z + 2 * bins;
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
        if (q <
            last) { /* the mirrored bin: turned by pi less the angle, and conjugate, which leaves the imaginary part as it is */
            store(q, (even.re >> 1) + stator_mulh(odd.re, -cos) + stator_mulh(-odd.im, sin), (-even.im >> 1) + low.im);
        }
        store(p, (even.re >> 1) + low.re, (even.im >> 1) + low.im);
    } while (p < q);
}
