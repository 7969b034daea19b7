/* A sensor made of the machine timer and a recording (replay.h). Implements stator/sensor.h.
 *
 * There is no DMA controller: once per half the timer's interrupt itself copies the samples into the buffer half. That is the
 * one thing it does beyond handing over, and it costs instructions that a chip with DMA does not spend. */
#include "replay/replay.h"
#include "riscv_clint/riscv_clint.h"

#include "stator/common.h"
#include "stator/sensor.h"
#include "stator/stream.h"

#include "memory_plan.h"

static int16_t *halves[2];
static uint32_t half_samples;
static uint64_t start; /* mtime when sampling began */
static uint64_t timestamp;
static unsigned filling;

int stator_sensor_init(int16_t *half0, int16_t *half1, uint32_t samples) {
    if (!half0 || !half1 || ((uintptr_t)half0 & 3u) || ((uintptr_t)half1 & 3u) || samples == 0 || (samples & 7u)) {
        return -EINVAL;
    }
    halves[0] = half0;
    halves[1] = half1;
    half_samples = samples;
    timestamp = 0;
    filling = 1;
    replay_init();
    return 0;
}

int stator_sensor_start(void) {
    uint32_t enabled;
    __asm__ volatile("csrrci %0, mstatus, 8" : "=r"(enabled) : : "memory");
    start = riscv_clint_now();
    riscv_clint_arm(RISCV_CLINT_SAMPLE, start + STATOR_HALF_TICKS);
    __asm__ volatile("csrs mstatus, %0" : : "r"(enabled & 8u) : "memory");
    return 0;
}

void riscv_clint_sample(uint32_t entered_at) {
    timestamp += STATOR_HALF_TICKS;
    riscv_clint_arm(RISCV_CLINT_SAMPLE, start + timestamp + STATOR_HALF_TICKS);
    filling ^= 1u;
    const uint32_t *from = (const uint32_t *)(const void *)replay_next();
    uint32_t *to = (uint32_t *)(void *)halves[filling];
    for (const uint32_t *const end = from + half_samples / 2; from != end; from += 4, to += 4) {
        to[0] = from[0];
        to[1] = from[1];
        to[2] = from[2];
        to[3] = from[3];
    }
    stator_stream_filled(filling, timestamp, entered_at);
}
