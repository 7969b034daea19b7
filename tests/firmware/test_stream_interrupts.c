/* sources:
 * flags: -fsanitize-coverage=trace-pc
 * The interrupt comes between any two pieces of the consumer's code: the compiler calls the hook below in every basic block, and
 * each run takes another one. Whatever is hit, a half's number, timestamp and buffer belong together, and all halves are
 * accounted for. */
#include "../../firmware/stream/stream.c"

#include "check.h"

#define TICKS 100u

void __sanitizer_cov_trace_pc(void);

static int16_t buffer[2][STATOR_HALF_SAMPLES] __attribute__((aligned(4)));
static volatile uint32_t sent;
static volatile unsigned blocks_left; /* until the interrupt; 0: none will come */

void stator_port_half_ready_from_isr(void) {}

__attribute__((no_sanitize_coverage)) static void fill(void) {
    stator_stream_filled(sent & 1u, (sent + 1) * (uint64_t)TICKS, sent + 1);
    sent++;
}

__attribute__((no_sanitize_coverage)) void __sanitizer_cov_trace_pc(void) {
    if (blocks_left > 0 && --blocks_left == 0) {
        fill();
    }
}

static void taken_whole(const struct stator_half *half) {
    CHECK(half->timestamp == (half->sequence + 1) * (uint64_t)TICKS);
    CHECK(half->filled_at == half->sequence + 1);
    CHECK(half->samples == buffer[half->sequence & 1u]);
}

/* True if an interrupt came in the `block`th basic block after the first half. */
static bool run(unsigned block) {
    struct stator_half half;
    blocks_left = 0;
    sent = 0;
    CHECK(stator_stream_init(buffer[0], buffer[1], TICKS) == 0);
    fill();
    blocks_left = block;
    CHECK(stator_stream_acquire(&half) == 0);
    int status = stator_stream_release(&half);
    bool came = blocks_left == 0;
    blocks_left = 0;
    taken_whole(&half);
    CHECK(half.sequence == 0 || (half.sequence == 1 && came));
    CHECK(status == 0 || (status == -EOVERFLOW && half.sequence == 0 && came));
    CHECK(stator_stream_overruns() == (half.sequence == 1 || status == -EOVERFLOW ? 1u : 0u));

    fill();
    CHECK(stator_stream_acquire(&half) == 0);
    taken_whole(&half);
    CHECK(half.sequence == sent - 1);
    CHECK(stator_stream_release(&half) == 0);
    return came;
}

int main(void) {
    unsigned block = 1;
    while (run(block)) {
        block++;
    }
    CHECK(block > 5); /* the hook was called at all */
    return 0;
}
