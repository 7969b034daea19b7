#include "replay/replay.h"

#include "stator/common.h"
#include "stator/fail.h"

#include "memory_plan.h"

#define MAGIC        0x54415453u
#define HEADER_BYTES 64u
#define HALF_BYTES   (STATOR_HALF_SAMPLES * sizeof(int16_t))

STATOR_FIXED static uint32_t halves;
static uint32_t next;

void replay_init(void) {
    const volatile uint32_t *header = (const volatile uint32_t *)STATOR_SIGNAL_AT;
    halves = header[1];
    if (header[0] != MAGIC || halves == 0) {
        stator_fail("no signal in memory: the simulator must load one (stator run does)");
    }
    if (halves > (STATOR_SIGNAL_BYTES - HEADER_BYTES) / HALF_BYTES) {
        stator_fail("the signal's header claims more samples than its memory holds");
    }
    next = 0;
}

const int16_t *replay_next(void) {
    const int16_t *half = (const int16_t *)(STATOR_SIGNAL_AT + HEADER_BYTES + next * HALF_BYTES);
    next = next + 1 == halves ? 0 : next + 1;
    return half;
}
