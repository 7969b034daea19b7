/* Telemetry through a debugger that reads memory while the core runs: Real Time Transfer, SEGGER's layout of a control block and
 * a ring, which probe-rs, OpenOCD, pyOCD and J-Link know. Taken with `telemetry: rtt` in board.yml; then the linker puts these in
 * place of the serial driver's functions (--wrap), and they keep the contract of stator/uart.h.
 *
 * A frame goes into the ring whole or not at all: a host that stops reading costs frames, never time. What was left out is
 * counted, and told before the next frame that fits (`dropped` in firmware/telemetry/telemetry.cddl). The ring's read offset is
 * the host's and not believed: one outside of the ring is a ring without room.
 */
#ifndef RTT_H
#define RTT_H

#include "stator/common.h"

#define RTT_ID_BYTES   16u
#define RTT_RING_BYTES 2048u /* one of them always free; some 18 records, 1.5 s */

struct rtt_channel {
    const char *name;
    uint8_t *ring;
    uint32_t ring_bytes;
    volatile uint32_t write; /* offsets of the next byte; the firmware's */
    volatile uint32_t read;  /* the host's */
    uint32_t flags;          /* 0: what does not fit is skipped */
};

/* In RAM, found by its name or by its first bytes, which are written last. */
extern struct rtt_control {
    char id[RTT_ID_BYTES];
    uint32_t up_channels;
    uint32_t down_channels;
    struct rtt_channel up;
} _SEGGER_RTT;

/* Frames that found no room, since start. */
uint32_t rtt_dropped(void);

void __wrap_stator_uart_init(void);
STATOR_MUST_CHECK int __wrap_stator_uart_send(const uint8_t *data, size_t bytes);
void __wrap_stator_uart_panic(const char *text);

#endif
