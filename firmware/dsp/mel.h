/* Bands of a spectrum whose weights are triangles, side by side on the mel scale. docs/front-end.md has the arithmetic. Task or
 * interrupt context; no static state; does not block. Linked where `spectrum_scale: mel` asks for it. */
#ifndef STATOR_DSP_MEL_H
#define STATOR_DSP_MEL_H

#include <stdint.h>

/* 256 log2 of each band's energy / 16, 0 where that is below 1. Band b has weight 0 at edges[b], rises to 1 at edges[b + 1], and
 * falls to 0 at edges[b + 2]. levels: `bands` (more than 0). z: bins as re, im; the energies of all together are below 2^58.
 * edges: bands + 2 rising bins below half of STATOR_FRAME_SAMPLES. No aliasing. */
void stator_mel_bands(int32_t *levels, const int32_t *z, const uint16_t *edges, uint32_t bands);

#endif
