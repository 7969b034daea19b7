/* FFTs in q31 on interleaved complex numbers (re, im, re, im, ...). Every stage halves, so nothing overflows: the results' moduli
 * do not exceed the largest modulus of the input. Task or interrupt context; no static state; do not block. */
#ifndef STATOR_DSP_FFT_H
#define STATOR_DSP_FFT_H

#include <stdint.h>

/* Forward FFT of `size` complex numbers (a power of two, 4 .. 1,024), divided by `size`.
 * z: 2 * size int32, written. x: as many, in natural order, not written; no aliasing. room: 0 .. 30, how far left each number is
 * shifted first; then each is at most 2^30 in magnitude. */
void stator_fft(int32_t *z, const int32_t *x, uint32_t size, int room);

/* Bins 0 .. bins - 1 of the FFT of 2 * size real samples, divided by 2 * size. What lies behind them is lost.
 * z: 2 * size int32, written. x: as many, sample 2n at 2n; each at most 2^30 in magnitude. No aliasing. size: a power of two, 4
 * .. 512. bins: size / 2 + 1 .. size; the bin at half the rate is left out. */
void stator_real_fft(int32_t *z, const int32_t *x, uint32_t size, uint32_t bins);

/* The same of a frame of STATOR_FRAME_SAMPLES as the sensor gives them: the samples' `mean` is taken off, they are shifted left
 * by `room` (then each is below 2^31) and weighted with the Hann window. z: as many int32; half: as many int16,
 * STATOR_FRAME_STRIDE apart, not written. */
void stator_frame_fft(int32_t *z, const int16_t *half, int32_t mean, int room, uint32_t bins);

#endif
