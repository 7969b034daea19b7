/* What the FFT in q15 is made of: 512 complex numbers of 16-bit parts (re, im, re, im, ...), radix 8, decimation in time.
 * docs/front-end.md has the arithmetic. stages_q15.c is portable; <isa>/stages_q15.S stands in its place where a board prefers
 * that set (`kernels:` in board.yml). All: task or interrupt context; no static state; do not block; in assembly, at
 * most 64 B of stack, 160 B with Helium.
 */
#ifndef STATOR_DSP_STAGES_Q15_H
#define STATOR_DSP_STAGES_Q15_H

#include <stdint.h>

/* The first stage. Number n is made of samples 2n and 2n + 1, each times gain / 2^16, at most 2,890 in magnitude then.
 * z: 1,024 int16, aligned to 4, written; x: 1,024 int16, aligned to 4, in natural order; no aliasing. */
void stator_q15_eights(int16_t *z, const int16_t *x, int32_t gain);

/* The same of a frame: `mean` taken off each sample, which is weighted with the Hann window and times gain / 2^18. */
void stator_q15_windowed(int16_t *z, const int16_t *half, int32_t mean, int32_t gain);

/* Joins FFTs of `span` numbers (8, then 64), eight at a time, in place. */
void stator_q15_radix8(int16_t *z, uint32_t span);

/* The FFT of 512 numbers to the first `bins` bins (257 .. 512) of the FFT of the samples that they were made of. The numbers lie
 * in the middle half of z, 1,024 int32; the bins, 32-bit parts, from its start on. */
void stator_q15_split(int32_t *z, uint32_t bins);

#endif
