/* The double buffer between DMA and the feature task. No RTOS, no register: plain C11, tested on the host.
 *
 * Exactly one half belongs to the consumer at any time. A sample is never silently lost or duplicated: each half carries
 * its sequence number (halves since start, wraps at 2^32) and its timestamp; a late release is counted and told.
 */
#ifndef STATOR_STREAM_H
#define STATOR_STREAM_H

#include <stdbool.h>

#include "stator/common.h"

struct stator_half {
    const int16_t *samples; /* STATOR_HALF_SAMPLES ADC counts; valid until released */
    uint64_t timestamp;     /* end of the half in ticks of the sampling timer's clock (STATOR_SAMPLE_CLOCK_HZ) */
    uint32_t sequence;
    uint32_t filled_at; /* stator_clock_now() at entry of the interrupt that handed the half over */
};

/* Takes the two halves, each of which lasts `half_ticks` ticks of the timestamp. Before the sensor starts.
 * Returns 0; -EINVAL: a null, misaligned (4 bytes) or equal pointer, or no ticks. */
STATOR_MUST_CHECK int stator_stream_init(const int16_t *half0, const int16_t *half1, uint32_t half_ticks);

/* Called by the sensor driver, from its interrupt only: the half `index` (0 or 1) is full, the DMA goes on with the other.
 * `timestamp`: see struct stator_half; a step of several half_ticks, or the wrong half, says that interrupts were missed, and
 * the sequence number steps over what they would have handed out. `entered_at`: stator_clock_now() as the interrupt's first act.
 * Never blocks. Wakes the feature task through stator_port_half_ready_from_isr(). */
void stator_stream_filled(unsigned index, uint64_t timestamp, uint32_t entered_at);

/* Gives the consumer the oldest full half. Task context; does not block.
 * Returns 0; -EAGAIN (none is full); -EBUSY (the last one was not released). */
STATOR_MUST_CHECK int stator_stream_acquire(struct stator_half *half);

/* Gives the half back. Task context; does not block.
 * Returns 0; -EOVERFLOW: the DMA came back to this half before it was released, so what was computed from it is void;
 * the overrun is counted and the stream goes on at the next whole half. -EINVAL: the half is not the consumer's. */
STATOR_MUST_CHECK int stator_stream_release(const struct stator_half *half);

/* Halves filled so far, modulo 2^32: the sequence number of the next one. Callable from anywhere. */
uint32_t stator_stream_filled_halves(void);

/* Halves that were overwritten before they were released, or never handed out. Callable from anywhere. */
uint32_t stator_stream_overruns(void);

#endif
