/* The front end. docs/front-end.md is its specification, tools/stator/dsp/ its independent twin. */
#include "stator/features.h"

#include "dsp/features_config.h"
#include "dsp/fft.h"
#include "dsp/fixed.h"

enum {
    FRAME = STATOR_HALF_SAMPLES,
    BINS = FRAME / 2,
    BAND = STATOR_ENVELOPE_BINS,
};

/* Where the quantized columns go, in order. */
struct writer {
    int8_t *next;
    int32_t multiplier, zero_point;
};

static void put(struct writer *to, int32_t octaves_q8) {
    int32_t q = to->zero_point + ((octaves_q8 * to->multiplier + (1 << 15)) >> 16);
    *to->next++ = (int8_t)(q < -128 ? -128 : q > 127 ? 127 : q);
}

/* The largest magnitude; `count` is a multiple of 4. Branches are laid out for the rare case that a value is the largest so far.
 */
static int32_t peak_of(const int32_t *values, uint32_t count) {
    int32_t low = 0;
    int32_t high = 0;
    for (const int32_t *at = values; at != values + count; at += 4) {
        for (int i = 0; i < 4; i++) {
            low = __builtin_expect(at[i] < low, 0) ? at[i] : low;
            high = __builtin_expect(at[i] > high, 0) ? at[i] : high;
        }
    }
    return high > -low ? high : -low;
}

static uint64_t power(const int32_t *bin) {
    return stator_square(bin[0]) + stator_square(bin[1]);
}

/* Bit-reversed order is gone through eight numbers at a time: where numbers are an eighth of all apart, their places lie side by
 * side, in this order. */
#define EIGHT(what) what(0, 0) what(1, 4) what(2, 2) what(3, 6) what(4, 1) what(5, 5) what(6, 3) what(7, 7)

/* Mean removed, scaled up to 31 bits, windowed, transformed: 512 bins. */
static void spectrum(int32_t *z, const int16_t *half) {
    int32_t sum = 0;
    int32_t low = half[0];
    int32_t high = half[0];
    for (const int16_t *at = half; at != half + FRAME; at += 4) {
        for (int i = 0; i < 4; i++) {
            sum += at[i];
            low = __builtin_expect(at[i] < low, 0) ? at[i] : low;
            high = __builtin_expect(at[i] > high, 0) ? at[i] : high;
        }
    }
    const int32_t mean = (sum + FRAME / 2) >> 10;
    const int32_t peak = high - mean > mean - low ? high - mean : mean - low;
    const int32_t scale = 1 << stator_room(peak, 0);
    uint32_t at = 0;
    for (uint32_t n = 0; n < FRAME / 8; n += 2) {
        int32_t *to = z + 2 * at;
#define WINDOW(i, place)                                                                                                         \
    to[2 * (place)] = stator_mulh((half[n + (i) * FRAME / 8] - mean) * scale, stator_hann_from(n, (i) * FRAME / 8));             \
    to[2 * (place) + 1] = stator_mulh((half[n + (i) * FRAME / 8 + 1] - mean) * scale, stator_hann_from(n + 1, (i) * FRAME / 8));
        EIGHT(WINDOW)
#undef WINDOW
        at = stator_reversed_next(at, BINS / 2);
    }
    stator_real_fft(z, BINS);
}

/* The log spectrum, its mean taken off. `levels`: space for config->bands values. */
static void put_bands(struct writer *to, int32_t *levels, const int32_t *z, const struct stator_features_config *config) {
    uint32_t sum = 0;
    for (uint32_t b = 0; b < config->bands; b++) {
        uint64_t energy = 0;
        for (uint32_t k = config->edges[b]; k < config->edges[b + 1]; k++) {
            energy += power(z + 2 * k);
        }
        levels[b] = stator_log2_q8(energy);
        sum += (uint32_t)levels[b];
    }
    const int32_t mean = (int32_t)((sum + config->bands / 2u) / config->bands);
    for (uint32_t b = 0; b < config->bands; b++) {
        put(to, levels[b] - mean);
    }
}

/* The magnitude over time of the band of 128 bins at `band`, 128 values below 2^30.5, in the first half of `scratch` (256
 * values). Time runs backwards (a forward FFT stands in for the inverse one), which no spectrum of it shows. Returns the largest.
 */
static int32_t envelope(int32_t *scratch, const int32_t *band) {
    const int32_t scale = 1 << stator_room(peak_of(band, 2 * BAND), 1);
    uint32_t at = 0;
    for (uint32_t k = 0; k < BAND / 8; k++) {
        const int32_t *from = band + 2 * k;
        int32_t *to = scratch + 2 * at;
#define SCALE(i, place)                                                                                                          \
    to[2 * (place)] = from[(i) * BAND / 4] * scale;                                                                              \
    to[2 * (place) + 1] = from[(i) * BAND / 4 + 1] * scale;
        EIGHT(SCALE)
#undef SCALE
        at = stator_reversed_next(at, BAND / 2);
    }
    stator_fft(scratch, BAND);
    int32_t peak = 0;
    for (uint32_t n = 0; n < BAND; n++) {
        int32_t size = stator_magnitude(scratch[2 * n], scratch[2 * n + 1]);
        peak = size > peak ? size : peak;
        scratch[n] = size;
    }
    return peak;
}

/* What an envelope adds up to, for its impulsiveness. */
struct sums {
    uint64_t squares;
    uint32_t total;
};

/* Brings the envelope to 30 bits, adds it up, and puts the spectrum of its square root, 64 bins, into the second half of
 * `scratch`. */
static struct sums envelope_spectrum(int32_t *scratch, int32_t peak) {
    struct sums sums = {0, 0};
    const int room = stator_room(peak, 1);
    const int left = room > 0 ? room : 0, right = room < 0 ? -room : 0;
    int32_t *z = scratch + BAND;
    uint32_t at = 0;
    for (uint32_t n = 0; n < BAND; n++) {
        const int32_t size = (int32_t)((uint32_t)scratch[n] << left) >> right;
        const uint32_t coarse = (uint32_t)size >> 14;
        sums.squares += coarse * coarse;
        sums.total += coarse;
        z[2 * at + n % 2] = stator_root_q30(stator_mulh(size, stator_hann(n * (FRAME / BAND))) * 2);
        if (n % 2) {
            at = stator_reversed_next(at, BAND / 4);
        }
    }
    stator_real_fft(z, BAND / 2);
    z[2] += z[0] >> 1; /* the Hann window puts minus half of the constant part into bin 1 */
    return sums;
}

/* How impulsive an envelope is: its mean square over its squared mean. */
static int32_t impulses(struct sums sums) {
    if (!sums.total) {
        return 0;
    }
    return 2 * (stator_log2_q8(sums.squares) - 2 * stator_log2_q8(sums.total) + 7 * 256) - 512;
}

static int32_t level(const int32_t *z, uint32_t first, uint32_t bins) {
    uint64_t energy = 0;
    for (uint32_t k = first; k < first + bins; k++) {
        energy += power(z + 2 * k);
    }
    return stator_log2_q8(energy);
}

int stator_features_run(int8_t *out, const int16_t *half, void *work, const struct stator_features_config *config) {
    if (!out || !half || !work || !config || (uintptr_t)half % 2 || (uintptr_t)work % 8) {
        return -EINVAL;
    }
    struct writer to = {out, config->multiplier, config->zero_point};
    int32_t *z = work;
    int32_t *scratch = z + 2 * STATOR_SPECTRUM_BINS; /* over the bins that nothing looks at: 256 values */
    spectrum(z, half);
    put_bands(&to, scratch, z, config);
    for (uint32_t e = 0; e < config->envelopes; e++) {
        const int32_t peak = envelope(scratch, z + 2 * config->envelope_first[e]);
        const struct sums sums = envelope_spectrum(scratch, peak);
        const int32_t *lines = scratch + BAND;
        for (const struct stator_features_line *l = config->line; l < config->line + config->lines; l++) {
            const int32_t around = (level(lines, l->below, l->bins) + level(lines, l->above, l->bins)) >> 1;
            put(&to, level(lines, l->at, l->bins) - around);
        }
        put(&to, impulses(sums));
    }
    return 0;
}
