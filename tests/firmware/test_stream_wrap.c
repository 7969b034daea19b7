/* sources:
 * The stream's sequence number wraps at 2^32: compiled in here, so that it can start just below. */
#include "../../firmware/stream/stream.c"

#include "check.h"

static int16_t buffer[2][STATOR_HALF_SAMPLES] __attribute__((aligned(4)));

void stator_port_half_ready_from_isr(void) {}

int main(void) {
    CHECK(stator_stream_init(buffer[0], buffer[1], 10) == 0);
    filled = next = UINT32_MAX - 1; /* as after eleven years */
    uint64_t timestamp = 0;
    const uint32_t expected[] = {UINT32_MAX - 1, UINT32_MAX, 0, 1};
    struct stator_half half;
    for (unsigned i = 0; i < 4; i++) {
        stator_stream_filled(i & 1u, timestamp += 10, 0);
        CHECK(stator_stream_acquire(&half) == 0);
        CHECK(half.sequence == expected[i]);
        CHECK(half.samples == buffer[i & 1u]);
        CHECK(stator_stream_release(&half) == 0);
    }
    CHECK(stator_stream_overruns() == 0);

    filled = next = UINT32_MAX - 1;
    for (unsigned i = 0; i < 4; i++) {
        stator_stream_filled(i & 1u, timestamp += 10, 0);
    }
    CHECK(stator_stream_acquire(&half) == 0);
    CHECK(half.sequence == 1);
    CHECK(stator_stream_overruns() == 3);
    return 0;
}
