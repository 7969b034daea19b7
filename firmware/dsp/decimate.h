/* Samples at a higher rate than the front end's, brought down to it. docs/front-end.md has the arithmetic. Task or interrupt
 * context; no static state; does not block. Linked where `input: decimation` of model.yml asks for it. */
#ifndef STATOR_DSP_DECIMATE_H
#define STATOR_DSP_DECIMATE_H

#include <stdint.h>

#include "stator/common.h"

/* The low-pass filter reaches so many scans to either side. */
#define STATOR_LOWPASS_REACH (8u * STATOR_DECIMATION)

/* Its middle and one side, q15; emitted where it is used. The sum of both sides' magnitudes is below 2. */
extern const int16_t stator_dsp_lowpass[STATOR_LOWPASS_REACH + 1u];

/* One channel of a half, filtered, of which every STATOR_DECIMATION-th value is kept; the half's first and last scan go on beyond
 * its ends. out: STATOR_FRAME_SAMPLES. samples: the channel's first, the others STATOR_CHANNELS apart; not written. No aliasing.
 */
void stator_decimate(int16_t *out, const int16_t *samples);

#endif
