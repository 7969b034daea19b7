/* The envelope of a band of a spectrum: band-pass and Hilbert transform are one, since the bins of a band are those of its
 * analytic signal. docs/front-end.md has the arithmetic. Task or interrupt context; no static state; does not block. */
#ifndef STATOR_DSP_ENVELOPE_H
#define STATOR_DSP_ENVELOPE_H

#include "dsp/features_config.h"
#include "dsp/fft.h"
#include "dsp/fixed.h"
#include "dsp/loops.h"

/* The magnitude over time of the band of bins at `band`, as many values below 2^30.5, in the first half of `scratch`
 * (2 * STATOR_ENVELOPE_BINS values). Time runs backwards (a forward FFT stands in for the inverse one), which no spectrum of it
 * shows. Returns the largest.
 */
static inline int32_t stator_envelope(int32_t *scratch, const int32_t *band) {
    enum { BINS = STATOR_ENVELOPE_BINS };
    stator_fft(scratch, band, BINS, stator_room(stator_loop_peak(band, 2 * BINS), 1));
    return stator_loop_magnitudes(scratch, scratch, BINS);
}

#endif
