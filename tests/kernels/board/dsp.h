/* The front end's pieces in the shape of a kernel, so that check.c can call them: out, in, numbers. See dsp.c. */
#ifndef DSP_H
#define DSP_H

#include <stdint.h>

struct dsp_numbers {
    int32_t a, b, c;
};

int dsp_fft(int32_t *out, const int32_t *in, const struct dsp_numbers *n);      /* size, room */
int dsp_real_fft(int32_t *out, const int32_t *in, const struct dsp_numbers *n); /* size, bins; the bins behind are not compared */
int dsp_frame_fft(int32_t *out, const int16_t *in, const struct dsp_numbers *n);  /* mean, room, bins */
int dsp_rfft_q15(int32_t *out, const int16_t *in, const struct dsp_numbers *n);   /* peak, bins */
int dsp_frame_q15(int32_t *out, const int16_t *in, const struct dsp_numbers *n);  /* mean, peak, bins */
int dsp_range(int32_t *out, const int16_t *in, const struct dsp_numbers *n);      /* out: sum, low, high */
int dsp_peak(int32_t *out, const int32_t *in, const struct dsp_numbers *n);       /* count */
int dsp_energy(uint64_t *out, const int32_t *in, const struct dsp_numbers *n);    /* bins */
int dsp_magnitudes(int32_t *out, const int32_t *in, const struct dsp_numbers *n); /* count; out: sizes, the largest */
int dsp_roots(int32_t *out, const int32_t *in, const struct dsp_numbers *n);      /* room; out: roots, 64-bit squares, total */
int dsp_log2(int32_t *out, const uint64_t *in, const struct dsp_numbers *n);      /* count */
int dsp_envelope(int32_t *out, const int32_t *in, const struct dsp_numbers *n);   /* out: 128 sizes, the largest */
int dsp_mel(int32_t *out, const int32_t *in, const struct dsp_numbers *n);        /* bands, bins; the edges lie behind the bins */

#endif
