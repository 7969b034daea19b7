#include "dsp/fft.h"

#include "dsp/stages.h"

/* The stages after the first, which has left FFTs of `span` numbers. */
static void join(int32_t *z, uint32_t size, uint32_t span) {
    for (; span < size; span *= 4) {
        stator_stage_radix4(z, z + 2 * size, span);
    }
}

void stator_fft(int32_t *z, const int32_t *x, uint32_t size, int room) {
    if (size & 0x2aau) { /* an odd power of two */
        stator_stage_eights(z, x, size, room);
        join(z, size, 8);
    } else {
        stator_stage_fours(z, x, size, room);
        join(z, size, 4);
    }
}

void stator_real_fft(int32_t *z, const int32_t *x, uint32_t size, uint32_t bins) {
    stator_fft(z, x, size, 0);
    stator_stage_split(z, size, bins);
}

void stator_frame_fft(int32_t *z, const int16_t *half, int32_t mean, int room, uint32_t bins) {
    enum { SIZE = STATOR_FRAME_SAMPLES / 2 };
    stator_stage_windowed(z, half, mean, room);
    join(z, SIZE, STATOR_WINDOWED_SPAN);
    stator_stage_split(z, SIZE, bins);
}
