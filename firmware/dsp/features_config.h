/* What the front end is told. stator.dsp.emit_config writes the one instance, from model.yml, into features_config.c. */
#ifndef STATOR_DSP_FEATURES_CONFIG_H
#define STATOR_DSP_FEATURES_CONFIG_H

#include "stator/features.h"

#define STATOR_SPECTRUM_BINS 384u /* bins that may be used: below 4.5 kHz */
#define STATOR_ENVELOPE_BINS 128u /* width of an envelope band */
#define STATOR_MAX_BANDS     64u

/* A line of the envelope's spectrum and the two places it is compared with: first bins of `bins` each, 2 .. 63. */
struct stator_features_line {
    uint8_t at, below, above, bins;
};

struct stator_features_config {
    uint16_t columns;               /* bands + envelopes * (lines + 1) */
    uint16_t work_bytes;            /* 4,096 */
    uint16_t bands;                 /* of the log spectrum, at most STATOR_MAX_BANDS */
    const uint16_t *edges;          /* bands + 1 rising bins: first bins, and the bin after the last */
    uint16_t envelopes;             /* bands whose envelope is looked at */
    const uint16_t *envelope_first; /* their first bins, at most STATOR_SPECTRUM_BINS - STATOR_ENVELOPE_BINS */
    uint16_t lines;                 /* per envelope */
    const struct stator_features_line *line;
    uint16_t multiplier; /* q = clamp(zero_point + ((v * multiplier + 2^15) >> 16)), v in 1/256 octave */
    int16_t zero_point;
};

/* sin(2 pi k / 1024) in q31, saturated to +-(2^31 - 1). */
#define STATOR_SINE_STEPS 1024u
extern const int32_t stator_dsp_sine[STATOR_SINE_STEPS];

#endif
