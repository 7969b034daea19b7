#include "rtt/rtt.h"

#include <stdbool.h>
#include <string.h>

#include "stator/frame.h"
#include "stator/uart.h"

#define DROPPED       5u /* kind of the message */
#define DROPPED_BYTES 7u /* of its payload, at most */

struct rtt_control _SEGGER_RTT;

static uint8_t ring[RTT_RING_BYTES];
static uint32_t dropped;
static uint32_t told; /* of `dropped` */

static void rtt_order(void) {
    __atomic_thread_fence(__ATOMIC_RELEASE);
}

static size_t rtt_room(void) {
    uint32_t read = _SEGGER_RTT.up.read;
    uint32_t write = _SEGGER_RTT.up.write;
    if (read >= RTT_RING_BYTES) {
        return 0;
    }
    return (read > write ? 0 : RTT_RING_BYTES) + read - write - 1u;
}

/* What is known to fit. */
static void rtt_put(const uint8_t *data, size_t bytes) {
    uint32_t at = _SEGGER_RTT.up.write;
    size_t first = bytes < RTT_RING_BYTES - at ? bytes : RTT_RING_BYTES - at;
    memcpy(ring + at, data, first);
    memcpy(ring, data + first, bytes - first);
    rtt_order(); /* the host sees the offset move after the bytes */
    _SEGGER_RTT.up.write = (uint32_t)((at + bytes) % RTT_RING_BYTES);
}

uint32_t rtt_dropped(void) {
    return dropped;
}

void __wrap_stator_uart_init(void) {
    _SEGGER_RTT.id[0] = '\0';
    rtt_order();
    _SEGGER_RTT.up_channels = 1;
    _SEGGER_RTT.down_channels = 0;
    _SEGGER_RTT.up = (struct rtt_channel){.name = "telemetry", .ring = ring, .ring_bytes = RTT_RING_BYTES};
    dropped = told = 0;
    memcpy(_SEGGER_RTT.id + 1, "EGGER RTT\0\0\0\0\0", RTT_ID_BYTES - 1u);
    rtt_order();
    _SEGGER_RTT.id[0] = 'S';
}

/* The sender is the task that waits for the end, and it is told at once. */
int __wrap_stator_uart_send(const uint8_t *data, size_t bytes) {
    uint8_t note[STATOR_FRAME_BYTES(DROPPED_BYTES)];
    int more = 0;
    if (dropped != told) {
        struct stator_frame frame;
        stator_frame_begin(&frame, note, sizeof(note));
        stator_frame_list(&frame, 2);
        stator_frame_number(&frame, DROPPED);
        stator_frame_number(&frame, dropped);
        more = stator_frame_end(&frame);
    }
    if (bytes == 0 || more < 0) {
        return -EINVAL;
    }
    if (rtt_room() < (size_t)more + bytes) {
        dropped++;
    } else {
        if (more > 0) {
            rtt_put(note, (size_t)more);
            told = dropped;
        }
        rtt_put(data, bytes);
    }
    stator_uart_sent_from_isr();
    return 0;
}

void __wrap_stator_uart_panic(const char *text) {
    if (_SEGGER_RTT.id[0] != 'S') {
        __wrap_stator_uart_init();
    }
    size_t bytes = strlen(text);
    if (rtt_room() >= bytes) {
        rtt_put((const uint8_t *)text, bytes);
    }
}
