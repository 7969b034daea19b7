#include "stator/frame.h"

#include <string.h>

#include "stator/crc32.h"

#define MAJOR_NUMBER 0x00u
#define MAJOR_BELOW  0x20u /* -1 less the number */
#define MAJOR_BYTES  0x40u
#define MAJOR_TEXT   0x60u
#define MAJOR_LIST   0x80u
#define MAJOR_MAP    0xa0u
#define MAJOR_SIMPLE 0xe0u

#define SIMPLE_NULL 22u

#define CRC_BYTES 4u
#define FULL      0xffu /* bytes of a block, its own one included */

/* Where the payload begins, so that stuffing it in place never writes what it has not read. */
static size_t lead(const struct stator_frame *frame) {
    return 4u + frame->capacity / 254u;
}

static void append(struct stator_frame *frame, const void *data, size_t bytes) {
    if (frame->bytes > frame->capacity || bytes > frame->capacity - frame->bytes) {
        frame->bytes = frame->capacity + 1u;
        return;
    }
    memcpy(frame->data + frame->bytes, data, bytes);
    frame->bytes += bytes;
}

/* Moves the payload to the front, its zero bytes taken out: a block's first byte is how long it is, and stands for the zero byte
 * behind it unless the block is full. What is written stays behind what is read, by lead(). */
static __attribute__((noinline)) size_t stuff(uint8_t *data, size_t from, size_t to) {
    size_t block = 1;
    size_t at = 2;
    data[0] = 0;
    for (; from < to; from++) {
        uint8_t byte = data[from];
        if (byte != 0) {
            data[at++] = byte;
        }
        if (byte == 0 || at - block == FULL) {
            data[block] = (uint8_t)(at - block);
            block = at++;
        }
    }
    data[block] = (uint8_t)(at - block);
    data[at++] = 0;
    return at;
}

/* An element's head: what it is, and a number in as few bytes as it needs (RFC 8949, 3). */
static __attribute__((noinline)) void head(struct stator_frame *frame, uint8_t major, uint64_t value) {
    uint8_t bytes[9];
    unsigned follow = value < 24u ? 0 : value <= 0xffu ? 1u : value <= 0xffffu ? 2u : value <= 0xffffffffu ? 4u : 8u;
    bytes[0] = major | (uint8_t)(follow == 0 ? value : follow == 1u ? 24u : follow == 2u ? 25u : follow == 4u ? 26u : 27u);
    for (unsigned i = follow; i > 0; i--) {
        bytes[i] = (uint8_t)value;
        value >>= 8;
    }
    append(frame, bytes, follow + 1u);
}

void stator_frame_begin(struct stator_frame *frame, uint8_t *data, size_t capacity) {
    *frame = (struct stator_frame){.data = data, .capacity = capacity};
    frame->bytes = lead(frame);
}

void stator_frame_list(struct stator_frame *frame, uint32_t count) {
    head(frame, MAJOR_LIST, count);
}

void stator_frame_map(struct stator_frame *frame, uint32_t count) {
    head(frame, MAJOR_MAP, count);
}

void stator_frame_number(struct stator_frame *frame, uint64_t value) {
    head(frame, MAJOR_NUMBER, value);
}

void stator_frame_signed(struct stator_frame *frame, int32_t value) {
    head(frame, value < 0 ? MAJOR_BELOW : MAJOR_NUMBER, (uint32_t)(value < 0 ? ~value : value));
}

void stator_frame_null(struct stator_frame *frame) {
    head(frame, MAJOR_SIMPLE, SIMPLE_NULL);
}

void stator_frame_bytes(struct stator_frame *frame, const void *data, size_t bytes) {
    head(frame, MAJOR_BYTES, bytes);
    append(frame, data, bytes);
}

void stator_frame_text(struct stator_frame *frame, const char *text, size_t bytes) {
    head(frame, MAJOR_TEXT, bytes);
    append(frame, text, bytes);
}

int stator_frame_end(struct stator_frame *frame) {
    size_t begin = lead(frame);
    if (frame->bytes > frame->capacity || frame->capacity - frame->bytes < CRC_BYTES) {
        return -EOVERFLOW;
    }
    uint32_t crc = stator_crc32(0, frame->data + begin, frame->bytes - begin);
    for (unsigned i = 0; i < CRC_BYTES; i++) {
        frame->data[frame->bytes++] = (uint8_t)(crc >> (8u * i));
    }
    return (int)stuff(frame->data, begin, frame->bytes);
}
