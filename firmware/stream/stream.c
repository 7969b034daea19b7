/* Why there is no lock and no atomic here: one interrupt writes `filled` and the two entries of `last`, the consumer only reads
 * them. On one core an interrupt is one step for the task it interrupts, so the consumer sees both before or both after; it
 * reads `filled` again after it has copied an entry and starts over if the interrupt came between. `next`, `held` and `overruns`
 * are written by the consumer alone; a 32-bit read is one access on every core that we run on. */
#include "stator/stream.h"

#include "stator/port.h"

STATOR_FIXED static const int16_t *halves[2];
STATOR_FIXED static uint32_t period; /* of a half, in ticks */

/* The interrupt's: */
static uint64_t end;             /* timestamp of the last half that was handed over */
static volatile uint32_t filled; /* halves filled so far, modulo 2^32; its lowest bit is the half that comes next */
static volatile struct {
    uint64_t timestamp;
    uint32_t entered_at;
} last[2];

/* The consumer's: */
static uint32_t next; /* sequence of the half that it has not seen yet */
static bool held;
static volatile uint32_t overruns;

int stator_stream_init(const int16_t *half0, const int16_t *half1, uint32_t half_ticks) {
    if (!half0 || !half1 || half0 == half1 || ((uintptr_t)half0 & 3u) || ((uintptr_t)half1 & 3u) || half_ticks == 0) {
        return -EINVAL;
    }
    period = half_ticks;
    end = 0;
    halves[0] = half0;
    halves[1] = half1;
    filled = next = overruns = 0;
    held = false;
    return 0;
}

void stator_stream_filled(unsigned index, uint64_t timestamp, uint32_t entered_at) {
    uint32_t sequence = filled;
    /* A late interrupt may stand for several halves: those before this one passed unseen, and their numbers with them. */
    for (end += period; end < timestamp; end += period) {
        sequence++;
    }
    end = timestamp;
    if ((sequence & 1u) != (index & 1u)) {
        sequence++;
    }
    last[index & 1u].timestamp = timestamp;
    last[index & 1u].entered_at = entered_at;
    filled = sequence + 1;
    stator_port_half_ready_from_isr();
}

int stator_stream_acquire(struct stator_half *half) {
    if (held) {
        return -EBUSY;
    }
    uint32_t count;
    do {
        count = filled;
        if (count == next) {
            return -EAGAIN;
        }
        /* Only the newest half is whole: the DMA is writing the other one. */
        unsigned index = (count - 1) & 1u;
        half->samples = halves[index];
        half->timestamp = last[index].timestamp;
        half->filled_at = last[index].entered_at;
    } while (count != filled);
    half->sequence = count - 1;
    overruns += half->sequence - next;
    next = count;
    held = true;
    return 0;
}

int stator_stream_release(const struct stator_half *half) {
    if (!held || half->sequence != next - 1) {
        return -EINVAL;
    }
    held = false;
    if (filled != next) {
        overruns++;
        return -EOVERFLOW;
    }
    return 0;
}

uint32_t stator_stream_filled_halves(void) {
    return filled;
}

uint32_t stator_stream_overruns(void) {
    return overruns;
}
