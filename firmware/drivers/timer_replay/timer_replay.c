#include "timer_replay/timer_replay.h"

#include "replay/replay.h"

#include "stator/clock.h"
#include "stator/common.h"
#include "stator/sensor.h"
#include "stator/stream.h"

#include "memory_plan.h"

/* What is copied at once, through registers. */
struct samples {
    uint32_t words[8];
};

static int16_t *halves[2];
static uint32_t half_samples;
static uint64_t timestamp; /* end of the last half, in clocks of the timer since its start */
static unsigned filling;

int stator_sensor_init(int16_t *half0, int16_t *half1, uint32_t samples) {
    if (!half0 || !half1 || ((uintptr_t)half0 & 3u) || ((uintptr_t)half1 & 3u) || samples == 0 || (samples & 63u)) {
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
    timer_replay_start(STATOR_HALF_TICKS);
    return 0;
}

void timer_replay_interrupt(void) {
    uint32_t entered_at = stator_clock_now();
    timer_replay_clear();
    timestamp += STATOR_HALF_TICKS;
    filling ^= 1u;
    const struct samples *from = (const struct samples *)(const void *)replay_next();
    struct samples *to = (struct samples *)(void *)halves[filling];
    uint32_t left = half_samples / (4u * sizeof(*to) / sizeof(int16_t));
    do {
        to[0] = from[0];
        to[1] = from[1];
        to[2] = from[2];
        to[3] = from[3];
        to += 4;
        from += 4;
    } while (--left != 0);
    stator_stream_filled(filling, timestamp, entered_at);
}
