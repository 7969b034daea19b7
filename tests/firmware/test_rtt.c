/* sources: firmware/drivers/rtt/rtt.c firmware/telemetry/frame.c firmware/telemetry/crc32.c */
#include "rtt/rtt.h"

#include <string.h>

#include "check.h"

#include "stator/uart.h"

#define FRAME 100u

static unsigned sent;

void stator_uart_sent_from_isr(void) {
    sent++;
}

/* The debugger: what there is to read, up to `most` bytes. */
static size_t host_reads(uint8_t *to, size_t most) {
    struct rtt_channel *up = &_SEGGER_RTT.up;
    size_t count = 0;
    for (; count < most && up->read != up->write; count++) {
        to[count] = up->ring[up->read];
        up->read = (up->read + 1u) % up->ring_bytes;
    }
    return count;
}

static void send_frame(uint8_t value) {
    uint8_t frame[FRAME];
    memset(frame, value, sizeof(frame));
    unsigned before = sent;
    CHECK(__wrap_stator_uart_send(frame, sizeof(frame)) == 0);
    CHECK(sent == before + 1); /* whatever the host does */
}

/* Each frame is whole; returns how many there were, and the bytes of what was no such frame. */
static unsigned whole_frames(const uint8_t *data, size_t bytes, uint8_t first, size_t *others) {
    unsigned frames = 0;
    *others = 0;
    for (size_t at = 0; at < bytes;) {
        size_t run = 0;
        while (at + run < bytes && data[at + run] == (uint8_t)(first + frames)) {
            run++;
        }
        if (run == FRAME) {
            frames++;
            at += FRAME;
        } else {
            CHECK(run < FRAME);
            *others += 1;
            at++;
        }
    }
    return frames;
}

static void the_control_block_is_as_debuggers_expect_it(void) {
    __wrap_stator_uart_init();
    CHECK(memcmp(_SEGGER_RTT.id, "SEGGER RTT\0\0\0\0\0\0", RTT_ID_BYTES) == 0);
    CHECK(_SEGGER_RTT.up_channels == 1 && _SEGGER_RTT.down_channels == 0);
    CHECK(_SEGGER_RTT.up.ring_bytes == RTT_RING_BYTES && _SEGGER_RTT.up.write == 0 && _SEGGER_RTT.up.read == 0);
    CHECK(_SEGGER_RTT.up.flags == 0);
}

static void every_frame_comes_through_wherever_the_ring_ends(void) {
    static uint8_t heard[RTT_RING_BYTES];
    size_t others;
    __wrap_stator_uart_init();
    for (unsigned i = 0; i < 500; i++) {
        send_frame((uint8_t)i);
        CHECK(whole_frames(heard, host_reads(heard, sizeof(heard)), (uint8_t)i, &others) == 1 && others == 0);
    }
    CHECK(rtt_dropped() == 0);
}

static void a_host_that_stops_reading_costs_whole_frames_and_they_are_counted(void) {
    static uint8_t heard[2 * RTT_RING_BYTES];
    size_t others;
    __wrap_stator_uart_init();
    const unsigned fit = (RTT_RING_BYTES - 1u) / FRAME;
    for (unsigned i = 0; i < 10 * fit; i++) {
        send_frame((uint8_t)(100u + i));
    }
    CHECK(rtt_dropped() == 9 * fit);
    size_t bytes = host_reads(heard, sizeof(heard));
    CHECK(whole_frames(heard, bytes, 100, &others) == fit && others == 0); /* the oldest */
    send_frame(7);
    bytes = host_reads(heard, sizeof(heard));
    CHECK(bytes > FRAME && heard[0] == 0 && heard[bytes - FRAME - 1] == 0); /* first a frame that says how many */
    CHECK(memcmp(heard + 2, "\x82\x05\x18", 3) == 0 && heard[5] == 9 * fit);
    CHECK(whole_frames(heard + bytes - FRAME, FRAME, 7, &others) == 1);
    send_frame(8);
    CHECK(host_reads(heard, sizeof(heard)) == FRAME); /* once */
}

static void what_the_host_writes_is_not_believed(void) {
    static const uint32_t offsets[] = {RTT_RING_BYTES, RTT_RING_BYTES + 1u, 0x7fffffffu, 0xffffffffu};
    for (unsigned i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++) {
        __wrap_stator_uart_init();
        _SEGGER_RTT.up.read = offsets[i];
        send_frame(1);
        CHECK(rtt_dropped() == 1 && _SEGGER_RTT.up.write == 0);
        _SEGGER_RTT.up.ring = NULL; /* nor where the ring is said to be, nor how large */
        _SEGGER_RTT.up.ring_bytes = 0xffffffffu;
        _SEGGER_RTT.up.read = 0;
        for (unsigned n = 0; n < 100; n++) {
            send_frame(1);
        }
        CHECK(_SEGGER_RTT.up.write < RTT_RING_BYTES);
    }
}

static void last_words_take_the_same_way_and_never_wait(void) {
    static uint8_t heard[RTT_RING_BYTES];
    memset(&_SEGGER_RTT, 0xa7, sizeof(_SEGGER_RTT)); /* before init */
    __wrap_stator_uart_panic("FAIL why\n");
    CHECK(host_reads(heard, sizeof(heard)) == 9 && memcmp(heard, "FAIL why\n", 9) == 0);
    for (unsigned i = 0; i < 1000; i++) {
        __wrap_stator_uart_panic("FAIL why\n");
    }
    size_t bytes = host_reads(heard, sizeof(heard));
    CHECK(bytes % 9 == 0 && bytes > RTT_RING_BYTES - 10u);
}

int main(void) {
    the_control_block_is_as_debuggers_expect_it();
    every_frame_comes_through_wherever_the_ring_ends();
    a_host_that_stops_reading_costs_whole_frames_and_they_are_counted();
    what_the_host_writes_is_not_believed();
    last_words_take_the_same_way_and_never_wait();
    return 0;
}
