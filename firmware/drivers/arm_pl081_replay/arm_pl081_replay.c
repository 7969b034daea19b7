#include "arm_pl081_replay/arm_pl081_replay.h"

#include "arm_pl081/arm_pl081.h"
#include "cmsdk_timer/cmsdk_timer.h"
#include "replay/replay.h"

#include "stator/clock.h"
#include "stator/common.h"
#include "stator/fail.h"
#include "stator/sensor.h"
#include "stator/stream.h"

#include "memory_plan.h"

STATOR_FIXED static int16_t *halves[2];
STATOR_FIXED static uint32_t half_samples;
static uint64_t timestamp; /* end of the half that the DMA copies, in clocks of the sampling timer since its start */
static unsigned filling;   /* that half */

int stator_sensor_init(int16_t *half0, int16_t *half1, uint32_t samples) {
    if (!half0 || !half1 || ((uintptr_t)half0 & 3u) || ((uintptr_t)half1 & 3u) || samples == 0) {
        return -EINVAL;
    }
    halves[0] = half0;
    halves[1] = half1;
    half_samples = samples;
    timestamp = 0;
    filling = 1;
    replay_init();
    return arm_pl081_init() ? 0 : -EIO;
}

int stator_sensor_start(void) {
    cmsdk_timer_start(arm_pl081_replay_timer, STATOR_HALF_TICKS);
    return 0;
}

void arm_pl081_replay_timer_interrupt(void) {
    cmsdk_timer_clear(arm_pl081_replay_timer);
    timestamp += STATOR_HALF_TICKS;
    filling ^= 1u;
    arm_pl081_copy(halves[filling], replay_next(), half_samples);
}

void arm_pl081_replay_dma_interrupt(void) {
    uint32_t entered_at = stator_clock_now();
    if (arm_pl081_failed()) {
        stator_fail("DMA error");
    }
    if (arm_pl081_done()) {
        stator_stream_filled(filling, timestamp, entered_at);
    }
}
