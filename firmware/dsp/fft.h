/* FFTs in q31 on interleaved complex numbers (re, im, re, im, ...), in place. Every stage halves, so nothing overflows: the
 * results' moduli do not exceed the largest modulus of the input. Task or interrupt context; no static state; do not block. */
#ifndef STATOR_DSP_FFT_H
#define STATOR_DSP_FFT_H

#include <stdint.h>

/* Forward FFT of `size` complex numbers (a power of two, 4 .. 1,024), divided by `size`.
 * z: 2 * size int32, each at most 2^30 in magnitude, in bit-reversed order; the result is in natural order. */
void stator_fft(int32_t *z, uint32_t size);

/* Bins 0 .. size - 1 of the FFT of 2 * size real samples (the bin at half the rate is left out), divided by 2 * size.
 * z: 2 * size int32, each at most 2^30 in magnitude: sample 2n is the real part, sample 2n + 1 the imaginary part of number n,
 * the numbers in bit-reversed order. size: a power of two, 4 .. 512. */
void stator_real_fft(int32_t *z, uint32_t size);

#endif
