/* Compiled with all callee-saved registers taken from the compiler (board_kernels.py), so that what an assembly function does to
 * them reaches the checked call. */
#include "dsp.h"

#include <string.h>

#include "dsp/envelope.h"
#include "dsp/fft.h"
#include "dsp/fft_q15.h"
#include "dsp/fixed.h"
#include "dsp/loops.h"
#include "dsp/mel.h"

static int32_t work[2 * 1024]; /* where what is behind the wanted bins may be spoilt */

int dsp_fft(int32_t *out, const int32_t *in, const struct dsp_numbers *n) {
    stator_fft(out, in, (uint32_t)n->a, n->b);
    return 0;
}

int dsp_real_fft(int32_t *out, const int32_t *in, const struct dsp_numbers *n) {
    stator_real_fft(work, in, (uint32_t)n->a, (uint32_t)n->b);
    memcpy(out, work, (uint32_t)n->b * 8u);
    return 0;
}

int dsp_frame_fft(int32_t *out, const int16_t *in, const struct dsp_numbers *n) {
    stator_frame_fft(work, in, n->a, n->b, (uint32_t)n->c);
    memcpy(out, work, (uint32_t)n->c * 8u);
    return 0;
}

int dsp_rfft_q15(int32_t *out, const int16_t *in, const struct dsp_numbers *n) {
    stator_rfft_q15(work, in, n->a, (uint32_t)n->b);
    memcpy(out, work, (uint32_t)n->b * 8u);
    return 0;
}

int dsp_frame_q15(int32_t *out, const int16_t *in, const struct dsp_numbers *n) {
    stator_frame_rfft_q15(work, in, n->a, n->b, (uint32_t)n->c);
    memcpy(out, work, (uint32_t)n->c * 8u);
    return 0;
}

int dsp_range(int32_t *out, const int16_t *in, const struct dsp_numbers *n) {
    (void)n;
    stator_loop_range((struct stator_range *)out, in);
    return 0;
}

int dsp_peak(int32_t *out, const int32_t *in, const struct dsp_numbers *n) {
    *out = stator_loop_peak(in, (uint32_t)n->a);
    return 0;
}

int dsp_energy(uint64_t *out, const int32_t *in, const struct dsp_numbers *n) {
    *out = stator_loop_energy(in, (uint32_t)n->a);
    return 0;
}

int dsp_magnitudes(int32_t *out, const int32_t *in, const struct dsp_numbers *n) {
    out[n->a] = stator_loop_magnitudes(out, in, (uint32_t)n->a);
    return 0;
}

int dsp_roots(int32_t *out, const int32_t *in, const struct dsp_numbers *n) {
    struct stator_sums sums;
    memcpy(out, in, 512);
    stator_loop_roots(&sums, out, n->a);
    memcpy(out + 128, &sums.squares, 8);
    memcpy(out + 130, &sums.total, 4);
    return 0;
}

int dsp_log2(int32_t *out, const uint64_t *in, const struct dsp_numbers *n) {
    for (int32_t i = 0; i < n->a; i++) {
        out[i] = stator_log2_q8(in[i]);
    }
    return 0;
}

int dsp_envelope(int32_t *out, const int32_t *in, const struct dsp_numbers *n) {
    (void)n;
    const int32_t peak = stator_envelope(work, in);
    memcpy(out, work, 512);
    out[128] = peak;
    return 0;
}

int dsp_mel(int32_t *out, const int32_t *in, const struct dsp_numbers *n) {
    stator_mel_bands(out, in, (const uint16_t *)(in + 2 * n->b), (uint32_t)n->a);
    return 0;
}
