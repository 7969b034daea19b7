/* sources: firmware/stream/stream.c */
#include "stator/stream.h"

#include <string.h>

#include "check.h"

#include "stator/port.h"

#define TICKS 1706667u

static int16_t halves[2][STATOR_HALF_SAMPLES] __attribute__((aligned(4)));
static volatile unsigned wakes;
static uint64_t sent; /* halves that the "sensor" has filled */

void stator_port_half_ready_from_isr(void) {
    wakes++;
}

static void start(void) {
    CHECK(stator_stream_init(halves[0], halves[1], TICKS) == 0);
    wakes = 0;
    sent = 0;
}

static void fill(void) {
    unsigned index = (unsigned)(sent & 1u);
    sent++;
    stator_stream_filled(index, sent * TICKS, (uint32_t)sent);
}

static void missed(void) {
    sent++;
}

static void bad_arguments_are_refused(void) {
    CHECK(stator_stream_init(NULL, halves[1], TICKS) == -EINVAL);
    CHECK(stator_stream_init(halves[0], NULL, TICKS) == -EINVAL);
    CHECK(stator_stream_init(halves[0], halves[0], TICKS) == -EINVAL);
    CHECK(stator_stream_init(&halves[0][1], halves[1], TICKS) == -EINVAL);
    CHECK(stator_stream_init(halves[0], halves[1], 0) == -EINVAL);
}

static void halves_come_in_order(void) {
    struct stator_half half;
    start();
    CHECK(stator_stream_acquire(&half) == -EAGAIN);
    for (uint32_t i = 0; i < 10; i++) {
        fill();
        CHECK(stator_stream_acquire(&half) == 0);
        CHECK(half.sequence == i);
        CHECK(half.samples == halves[i & 1u]);
        CHECK(half.timestamp == (i + 1u) * (uint64_t)TICKS);
        CHECK(half.filled_at == i + 1);
        CHECK(stator_stream_acquire(&half) == -EBUSY);
        CHECK(stator_stream_release(&half) == 0);
        CHECK(stator_stream_acquire(&half) == -EAGAIN);
    }
    CHECK(stator_stream_overruns() == 0);
    CHECK(wakes == 10);
}

static void a_late_release_voids_the_half_and_is_counted(void) {
    struct stator_half half;
    start();
    fill();
    CHECK(stator_stream_acquire(&half) == 0);
    fill(); /* from now on the DMA writes what we hold */
    CHECK(stator_stream_release(&half) == -EOVERFLOW);
    CHECK(stator_stream_overruns() == 1);
    CHECK(stator_stream_acquire(&half) == 0);
    CHECK(half.sequence == 1);
    CHECK(stator_stream_release(&half) == 0);
    CHECK(stator_stream_overruns() == 1);
}

static void only_the_newest_half_is_whole(void) {
    struct stator_half half;
    start();
    for (int i = 0; i < 5; i++) {
        fill();
    }
    CHECK(stator_stream_acquire(&half) == 0);
    CHECK(half.sequence == 4);
    CHECK(stator_stream_overruns() == 4);
    CHECK(stator_stream_release(&half) == 0);
}

static void missed_interrupts_leave_a_gap_in_the_numbers(void) {
    for (unsigned gap = 1; gap <= 5; gap++) {
        struct stator_half half;
        start();
        fill();
        CHECK(stator_stream_acquire(&half) == 0);
        CHECK(stator_stream_release(&half) == 0);
        for (unsigned i = 0; i < gap; i++) {
            missed();
        }
        fill();
        CHECK(stator_stream_acquire(&half) == 0);
        CHECK(half.sequence == 1 + gap);
        CHECK(half.samples == halves[(1 + gap) & 1u]);
        CHECK(stator_stream_overruns() == gap);
        CHECK(stator_stream_release(&half) == 0);
    }
}

static void a_wrong_half_shows_a_miss_without_timestamps(void) {
    struct stator_half half;
    start();
    stator_stream_filled(0, TICKS, 0);
    CHECK(stator_stream_acquire(&half) == 0 && stator_stream_release(&half) == 0);
    stator_stream_filled(0, 2 * TICKS, 0); /* half 1 passed, and a driver that counts its own interrupts does not know */
    CHECK(stator_stream_acquire(&half) == 0);
    CHECK(half.sequence == 2);
    CHECK(half.samples == halves[0]);
    CHECK(stator_stream_overruns() == 1);
    CHECK(stator_stream_release(&half) == 0);
}

static void only_what_was_acquired_can_be_released(void) {
    struct stator_half half;
    start();
    memset(&half, 0, sizeof(half));
    CHECK(stator_stream_release(&half) == -EINVAL);
    fill();
    CHECK(stator_stream_acquire(&half) == 0);
    struct stator_half other = half;
    other.sequence++;
    CHECK(stator_stream_release(&other) == -EINVAL);
    CHECK(stator_stream_release(&half) == 0);
    CHECK(stator_stream_release(&half) == -EINVAL);
}

int main(void) {
    bad_arguments_are_refused();
    halves_come_in_order();
    a_late_release_voids_the_half_and_is_counted();
    only_the_newest_half_is_whole();
    missed_interrupts_leave_a_gap_in_the_numbers();
    a_wrong_half_shows_a_miss_without_timestamps();
    only_what_was_acquired_can_be_released();
    return 0;
}
