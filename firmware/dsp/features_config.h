/* What the front end is told. stator.dsp.emit_config writes the one instance, from model.yml, into features_config.c. */
#ifndef STATOR_DSP_FEATURES_CONFIG_H
#define STATOR_DSP_FEATURES_CONFIG_H

#include "stator/features.h"

#define STATOR_SPECTRUM_BINS (STATOR_FRAME_SAMPLES * 3u / 8u) /* bins that may be used: below 3/8 of the rate, 4.5 of 12 kHz */
#define STATOR_ENVELOPE_BINS (STATOR_FRAME_SAMPLES / 8u)      /* width of an envelope band */
#define STATOR_MAX_BANDS     64u

/* From one sample of a frame to the next: frames are read where the DMA has put them, and where the filter has if there is one.
 */
#define STATOR_FRAME_STRIDE (STATOR_DECIMATION > 1u ? 1u : STATOR_CHANNELS)

/* A line of the envelope's spectrum and the two places it is compared with: first bins of `bins` each, from 2 to below half of
 * STATOR_ENVELOPE_BINS. */
struct stator_features_line {
    uint8_t at, below, above, bins;
};

struct stator_features_config {
    uint16_t columns;               /* STATOR_CHANNELS * (bands + envelopes * (lines + 1)) */
    uint16_t work_bytes;            /* 4 * STATOR_FRAME_SAMPLES; 2 * STATOR_FRAME_SAMPLES more where there is decimation */
    uint16_t bands;                 /* of the log spectrum, at most STATOR_MAX_BANDS */
    const uint16_t *edges;          /* bands + 1 rising bins: first bins, and the bin after the last; mel.h: bands + 2 */
    uint16_t envelopes;             /* bands whose envelope is looked at */
    const uint16_t *envelope_first; /* their first bins, at most STATOR_SPECTRUM_BINS - STATOR_ENVELOPE_BINS */
    uint16_t lines;                 /* per envelope */
    const struct stator_features_line *line;
    uint16_t multiplier; /* q = clamp(zero_point + ((v * multiplier + 2^15) >> 16)), v in 1/256 octave */
    int16_t zero_point;
};

/* sin(2 pi k / STATOR_SINE_STEPS) in q31, saturated to +-(2^31 - 1). */
#define STATOR_SINE_STEPS (STATOR_FRAME_SAMPLES > 1024u ? STATOR_FRAME_SAMPLES : 1024u)
extern const int32_t stator_dsp_sine[STATOR_SINE_STEPS];

/* Of stages_q15.h, aligned to 8. Cosine and sine of 2 pi i k / 512 in q14 for k = 0 .. 63 and, of each, i = 1 .. 7. */
extern const int16_t stator_dsp_turns_q15[64 * 7 * 2];

/* 1 - sin(2 pi k / 1024) and cos(2 pi k / 1024) in q13 for k = 1 .. 256. */
extern const int16_t stator_dsp_split_q15[256 * 2];

/* The first STATOR_SPECTRUM_BINS bins of a frame, by the FFT that model.yml names. z: STATOR_FRAME_SAMPLES int32; half: as many
 * int16, STATOR_FRAME_STRIDE apart, not written. With its `mean` taken off, no sample is larger in magnitude than `peak` (0 ..
 * 65,535). */
void stator_spectrum(int32_t *z, const int16_t *half, int32_t mean, int32_t peak);

#endif
