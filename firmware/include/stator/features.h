/* The front end: one half of raw samples to one column of features, in fixed point.
 *
 * DC removal, Hann window, real FFT, log spectrum and envelope lines, quantized with the model's own
 * input scale. Bit-exact to its NumPy twin, stator/dsp/; the arithmetic is written down in docs/front-end.md.
 */
#ifndef STATOR_FEATURES_H
#define STATOR_FEATURES_H

#include "stator/common.h"

struct stator_features_config; /* emitted from model.yml by the compiler; see dsp/features_config.h */

/* Computes one column.
 * out: config->columns int8 values, channel after channel. half: STATOR_HALF_SAMPLES ADC counts, not written.
 * work: config->work_bytes bytes, aligned to 8, overwritten. No aliasing. Task context; does not block; no static state. Returns
 * 0; -EINVAL (null or misaligned pointer). Nothing is written when it fails. */
STATOR_MUST_CHECK int stator_features_run(int8_t *out, const int16_t *half, void *work,
                                          const struct stator_features_config *config);

#endif
