/* What an FFT is made of: decimation in time, radix 4, on interleaved complex q31 numbers. docs/front-end.md has the arithmetic.
 * stages.c is portable; <isa>/stages.S stands in its place where a board prefers that set (`kernels:` in board.yml) and a
 * frame has 1,024 samples one behind the other.
 *
 * In bit-reversed order the four quarters of a radix-4 block hold the inputs 0, 2, 1 and 3 (modulo 4). Sizes and spans count
 * complex numbers and are powers of two. All: task or interrupt context; no static state; do not block; at most 64 B of stack,
 * 200 B with Helium.
 */
#ifndef STATOR_DSP_STAGES_H
#define STATOR_DSP_STAGES_H

#include <stdint.h>

#include "stator/common.h"

/* The first two stages (radix 2, then radix 4) of 8 numbers each, where `size` is an odd power of two, 8 or more.
 * z: 2 * size int32, written in the order that the next stage takes. x: as many, in natural order, each shifted left by `room`
 * first; no aliasing. */
void stator_stage_eights(int32_t *z, const int32_t *x, uint32_t size, int room);

/* The FFTs of so many numbers each are what the next leaves to join: two stages where the frame's half is an odd power of two. */
#define STATOR_WINDOWED_SPAN ((STATOR_FRAME_SAMPLES & 0x1555u) != 0 ? 8u : 4u)

/* The first stages of the numbers of a frame, half as many as it has samples: sample 2n is the real part, sample 2n + 1 the
 * imaginary part of number n, `mean` taken off, shifted left by `room`, windowed. z: STATOR_FRAME_SAMPLES int32; half: as many
 * int16, STATOR_FRAME_STRIDE apart. */
void stator_stage_windowed(int32_t *z, const int16_t *half, int32_t mean, int room);

/* The first stage (radix 4) where `size` is an even power of two, 4 or more. Else as stator_stage_eights. */
void stator_stage_fours(int32_t *z, const int32_t *x, uint32_t size, int room);

/* Joins FFTs of `span` numbers, four at a time, from z up to `end`. */
void stator_stage_radix4(int32_t *z, const int32_t *end, uint32_t span);

/* An FFT of `size` numbers to the first `bins` bins (size / 2 + 1 .. size) of the FFT of the samples that they were made of. */
void stator_stage_split(int32_t *z, uint32_t size, uint32_t bins);

#endif
