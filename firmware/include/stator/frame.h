/* A frame of telemetry, written element by element into a buffer: CBOR (RFC 8949, shortest forms), then the payload's CRC-32,
 * stuffed so that it holds no zero byte (Consistent Overhead Byte Stuffing), between two zero bytes. No heap, no static state.
 *
 * A frame that does not fit is void and says so when it is ended. Task context or interrupt; does not block.
 * The messages: firmware/telemetry/telemetry.cddl.
 */
#ifndef STATOR_FRAME_H
#define STATOR_FRAME_H

#include "stator/common.h"

struct stator_frame {
    uint8_t *data;   /* the caller's buffer */
    size_t capacity; /* of `data`, in bytes */
    size_t bytes;    /* the payload's end so far, in `data`; capacity + 1 once something did not fit */
};

/* Bytes of a buffer for a payload of `n` bytes: the payload, its CRC, and what stuffing it in place needs. */
#define STATOR_FRAME_BYTES(n) ((n) + 10u + (n) / 200u)

/* Starts a frame in the `capacity` bytes at `data`. */
void stator_frame_begin(struct stator_frame *frame, uint8_t *data, size_t capacity);

/* Each appends one element. Of a list and a map `count` elements or pairs must follow. */
void stator_frame_list(struct stator_frame *frame, uint32_t count);
void stator_frame_map(struct stator_frame *frame, uint32_t count);
void stator_frame_number(struct stator_frame *frame, uint64_t value);
void stator_frame_signed(struct stator_frame *frame, int32_t value);
void stator_frame_null(struct stator_frame *frame);
void stator_frame_bytes(struct stator_frame *frame, const void *data, size_t bytes);
void stator_frame_text(struct stator_frame *frame, const char *text, size_t bytes); /* UTF-8, not terminated */

/* Ends the frame. Returns the bytes of all of it; -EOVERFLOW: it did not fit and must not be sent. */
STATOR_MUST_CHECK int stator_frame_end(struct stator_frame *frame);

#endif
