/* The FFT of 1,024 real samples in q15: two 16-bit numbers to a word, half of the memory of fft.h and less than half of the time,
 * at some 62 dB over its own error. docs/front-end.md has the arithmetic. Task or interrupt context; no static state; do not
 * block. */
#ifndef STATOR_DSP_FFT_Q15_H
#define STATOR_DSP_FFT_Q15_H

#include <stdint.h>

/* Bins 0 .. bins - 1 of the FFT of 1,024 samples, times (2890 * 2^16 / peak, rounded down) / 256. What lies behind them is lost.
 * z: 1,024 int32, written: re, im, re, im, ..., each below 2^30 in magnitude. x: 1,024 int16, aligned to 4, not written; no
 * aliasing. peak: 1 .. 32,768, not less than any sample's magnitude; or 0 where all are 0. bins: 257 .. 512; the bin at half the
 * rate is left out. */
void stator_rfft_q15(int32_t *z, const int16_t *x, int32_t peak, uint32_t bins);

/* The same of a frame as the sensor gives it: the samples' `mean` is taken off, which leaves at most `peak` (0 .. 65,535) of
 * each, and they are weighted with the Hann window. half: 1,024 int16, not written. */
void stator_frame_rfft_q15(int32_t *z, const int16_t *half, int32_t mean, int32_t peak, uint32_t bins);

#endif
