/* The front end. docs/front-end.md is its specification, tools/stator/dsp/ its independent twin. */
#include "stator/features.h"

#include "dsp/decimate.h"
#include "dsp/envelope.h"
#include "dsp/features_config.h"
#include "dsp/fft.h"
#include "dsp/fixed.h"
#include "dsp/loops.h"
#include "dsp/mel.h"

enum {
    FRAME = STATOR_FRAME_SAMPLES,
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

/* Mean removed, scaled up, windowed, transformed: the bins that may be used. */
static void spectrum(int32_t *z, const int16_t *half) {
    struct stator_range range;
    stator_loop_range(&range, half);
    const int32_t mean = (range.sum + FRAME / 2) >> __builtin_ctz(FRAME);
    const int32_t above = range.high - mean, below = mean - range.low;
    stator_spectrum(z, half, mean, above > below ? above : below);
}

/* The log spectrum, its mean taken off. `levels`: space for config->bands values. */
static void put_bands(struct writer *to, int32_t *levels, const int32_t *z, const struct stator_features_config *config) {
    uint32_t sum = 0;
#if defined(STATOR_FEATURES_MEL)
    stator_mel_bands(levels, z, config->edges, config->bands);
#endif
    for (uint32_t b = 0; b < config->bands; b++) {
#if !defined(STATOR_FEATURES_MEL)
        const uint32_t first = config->edges[b];
        levels[b] = stator_log2_q8(stator_loop_energy(z + 2 * first, config->edges[b + 1] - first));
#endif
        sum += (uint32_t)levels[b];
    }
    const int32_t mean = (int32_t)((sum + config->bands / 2u) / config->bands);
    for (uint32_t b = 0; b < config->bands; b++) {
        put(to, levels[b] - mean);
    }
}

/* Brings the envelope to 30 bits, adds it up, and puts the spectrum of its square root, BAND / 2 bins, into the second half of
 * `scratch`. */
static struct stator_sums envelope_spectrum(int32_t *scratch, int32_t peak) {
    struct stator_sums sums;
    int32_t *z = scratch + BAND;
    stator_loop_roots(&sums, scratch, stator_room(peak, 1));
    stator_real_fft(z, scratch, BAND / 2, BAND / 2);
    z[2] += z[0] >> 1; /* the Hann window puts minus half of the constant part into bin 1 */
    return sums;
}

/* How impulsive an envelope is: its mean square over its squared mean. */
static int32_t impulses(struct stator_sums sums) {
    if (!sums.total) {
        return 0;
    }
    return 2 * (stator_log2_q8(sums.squares) - 2 * stator_log2_q8(sums.total) + __builtin_ctz(BAND) * 256) - 512;
}

static int32_t level(const int32_t *z, uint32_t first, uint32_t bins) {
    return stator_log2_q8(stator_loop_energy(z + 2 * first, bins));
}

/* The columns of one channel. */
static void put_channel(struct writer *to, const int16_t *frame, int32_t *z, const struct stator_features_config *config) {
    int32_t *scratch = z + 2 * STATOR_SPECTRUM_BINS; /* over the bins that nothing looks at: 2 BAND values */
    spectrum(z, frame);
    put_bands(to, scratch, z, config);
    for (uint32_t e = 0; e < config->envelopes; e++) {
        const int32_t peak = stator_envelope(scratch, z + 2 * config->envelope_first[e]);
        const struct stator_sums sums = envelope_spectrum(scratch, peak);
        const int32_t *lines = scratch + BAND;
        for (const struct stator_features_line *l = config->line; l < config->line + config->lines; l++) {
            const int32_t around = (level(lines, l->below, l->bins) + level(lines, l->above, l->bins)) >> 1;
            put(to, level(lines, l->at, l->bins) - around);
        }
        put(to, impulses(sums));
    }
}

int stator_features_run(int8_t *out, const int16_t *half, void *work, const struct stator_features_config *config) {
    if (!out || !half || !work || !config || (uintptr_t)half % 2 || (uintptr_t)work % 8) {
        return -EINVAL;
    }
    struct writer to = {out, config->multiplier, config->zero_point};
    int32_t *z = work;
    for (uint32_t channel = 0; channel < STATOR_CHANNELS; channel++) {
        const int16_t *frame = half + channel;
        if (STATOR_DECIMATION > 1u) {
            int16_t *filtered = (int16_t *)(void *)(z + FRAME);
            stator_decimate(filtered, frame);
            frame = filtered;
        }
        put_channel(&to, frame, z, config);
    }
    return 0;
}
