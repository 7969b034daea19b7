/* The loops of the front end beside the FFTs. loops.c is portable; <isa>/loops.S stands in its place where a board prefers that
 * set (`kernels:` in board.yml) and a frame has 1,024 samples one behind the other. All: task or interrupt context; no static
 * state; do not block; at most 64 B of stack. */
#ifndef STATOR_DSP_LOOPS_H
#define STATOR_DSP_LOOPS_H

#include <stdint.h>

struct stator_range {
    int32_t sum, low, high;
};

/* Sum, least and largest of a frame: STATOR_FRAME_SAMPLES int16 from `half` on, STATOR_FRAME_STRIDE apart. */
void stator_loop_range(struct stator_range *range, const int16_t *half);

/* The largest magnitude of `count` values (a multiple of 8, more than 0) above -2^31. */
int32_t stator_loop_peak(const int32_t *values, uint32_t count);

/* The sum of re^2 + im^2 of `bins` bins (more than 0), modulo 2^64. */
uint64_t stator_loop_energy(const int32_t *bin, uint32_t bins);

/* stator_magnitude() of `count` complex numbers (more than 0), parts at most 2^30.5 in magnitude, to size[0 .. count - 1], which
 * may lie over z. Returns the largest. */
int32_t stator_loop_magnitudes(int32_t *size, const int32_t *z, uint32_t count);

/* What an envelope adds up to, for its impulsiveness. */
struct stator_sums {
    uint64_t squares;
    uint32_t total;
};

/* An envelope of STATOR_ENVELOPE_BINS values: each is shifted left by `room` (right by -room), which leaves less than 2^30, added
 * up in steps of 2^14, weighted with every eighth value of the Hann window, and replaced by its root, stator_root_q30(). */
void stator_loop_roots(struct stator_sums *sums, int32_t *envelope, int room);

#endif
