#include "dsp/fft_q15.h"

#include "dsp/stages_q15.h"

/* The largest part that the first stage may sum up: eight numbers of such parts are at most 32,698 together, and what rounding
 * adds in the later stages stays below 2^15. */
enum { LARGEST = 2890 };

static void finish(int32_t *z, int16_t *numbers, uint32_t bins) {
    stator_q15_radix8(numbers, 8);
    stator_q15_radix8(numbers, 64);
    stator_q15_split(z, bins);
}

static int32_t gain(int32_t peak, int shift) {
    return peak ? (LARGEST << shift) / peak : 0;
}

void stator_rfft_q15(int32_t *z, const int16_t *x, int32_t peak, uint32_t bins) {
    int16_t *numbers = (int16_t *)(z + 256);
    stator_q15_eights(numbers, x, gain(peak, 16));
    finish(z, numbers, bins);
}

void stator_frame_rfft_q15(int32_t *z, const int16_t *half, int32_t mean, int32_t peak, uint32_t bins) {
    int16_t *numbers = (int16_t *)(z + 256);
    stator_q15_windowed(numbers, half, mean, gain(peak, 18));
    finish(z, numbers, bins);
}
