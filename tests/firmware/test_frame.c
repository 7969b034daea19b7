/* sources: firmware/telemetry/frame.c firmware/telemetry/crc32.c */
#include "stator/frame.h"

#include <string.h>

#include "check.h"

#include "stator/crc32.h"

static int framed(uint8_t *data, size_t capacity, const uint8_t *bytes, size_t count) {
    struct stator_frame frame;
    stator_frame_begin(&frame, data, capacity);
    stator_frame_bytes(&frame, bytes, count);
    return stator_frame_end(&frame);
}

/* RFC 8949, appendix A. */
static void elements_are_as_short_as_they_can_be(void) {
    static const struct {
        uint64_t value;
        const char *bytes;
        size_t count;
    } numbers[] = {{0, "\x00", 1},
                   {23, "\x17", 1},
                   {24, "\x18\x18", 2},
                   {100, "\x18\x64", 2},
                   {1000, "\x19\x03\xe8", 3},
                   {1000000, "\x1a\x00\x0f\x42\x40", 5},
                   {1000000000000, "\x1b\x00\x00\x00\xe8\xd4\xa5\x10\x00", 9},
                   {UINT64_MAX, "\x1b\xff\xff\xff\xff\xff\xff\xff\xff", 9}};
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        uint8_t data[64];
        struct stator_frame frame;
        stator_frame_begin(&frame, data, sizeof(data));
        size_t begin = frame.bytes;
        stator_frame_number(&frame, numbers[i].value);
        CHECK(frame.bytes - begin == numbers[i].count);
        CHECK(memcmp(data + begin, numbers[i].bytes, numbers[i].count) == 0);
    }
    uint8_t data[64];
    struct stator_frame frame;
    stator_frame_begin(&frame, data, sizeof(data));
    size_t begin = frame.bytes;
    stator_frame_signed(&frame, 1000);
    stator_frame_signed(&frame, -1);
    stator_frame_signed(&frame, -1000);
    stator_frame_signed(&frame, INT32_MIN);
    stator_frame_null(&frame);
    CHECK(frame.bytes - begin == 13 && memcmp(data + begin, "\x19\x03\xe8\x20\x39\x03\xe7\x3a\x7f\xff\xff\xff\xf6", 13) == 0);
    begin = frame.bytes;
    stator_frame_list(&frame, 2);
    stator_frame_map(&frame, 1);
    stator_frame_text(&frame, "IETF?", 4);
    stator_frame_bytes(&frame, "\x01\x02\x03\x04", 4);
    CHECK(frame.bytes - begin == 12 && memcmp(data + begin, "\x82\xa1\x64IETF\x44\x01\x02\x03\x04", 12) == 0);
}

/* Takes the stuffing out again; the bytes of the payload and its CRC, or 0. */
static size_t unstuffed(uint8_t *out, const uint8_t *data, size_t bytes) {
    if (bytes < 3 || data[0] != 0 || data[bytes - 1] != 0 || memchr(data + 1, 0, bytes - 2) != NULL) {
        return 0;
    }
    size_t count = 0;
    for (size_t at = 1; at < bytes - 1;) {
        size_t code = data[at];
        CHECK(at + code <= bytes - 1);
        memcpy(out + count, data + at + 1, code - 1);
        count += code - 1;
        at += code;
        if (code < 255 && at < bytes - 1) {
            out[count++] = 0;
        }
    }
    return count;
}

/* Payloads of every length around a block's, without zero bytes, of nothing else, and mixed; no byte is lost on the way in place.
 */
static void every_payload_comes_out_as_it_went_in(void) {
    for (unsigned kind = 0; kind < 3; kind++) {
        for (size_t count = 0; count <= 1100; count++) {
            uint8_t payload[1200];
            uint8_t out[1300];
            size_t capacity = STATOR_FRAME_BYTES(count + 3);
            uint8_t *data = malloc(capacity); /* the sanitizer watches its end */
            CHECK(data != NULL);
            for (size_t i = 0; i < count; i++) {
                payload[i] = kind == 0 ? 0xaa : kind == 1 ? 0 : (uint8_t)(i * 37u % 5u);
            }
            int bytes = framed(data, capacity, payload, count);
            CHECK(bytes > 0);
            size_t head = count < 24 ? 1 : count < 256 ? 2 : 3;
            CHECK(unstuffed(out, data, (size_t)bytes) == head + count + 4);
            CHECK(memcmp(out + head, payload, count) == 0);
            uint32_t crc = stator_crc32(0, out, head + count);
            CHECK(out[head + count] == (uint8_t)crc && out[head + count + 3] == (uint8_t)(crc >> 24));
            free(data);
        }
    }
}

static void a_frame_that_does_not_fit_is_refused(void) {
    const uint8_t payload[20] = {1};
    for (size_t capacity = 0; capacity <= 40; capacity++) {
        uint8_t *data = malloc(capacity + 1);
        CHECK(data != NULL);
        data[capacity] = 0x5a;
        int bytes = framed(data, capacity, payload, sizeof(payload));
        CHECK(bytes > 0 ? capacity > 25 : bytes == -EOVERFLOW && capacity < STATOR_FRAME_BYTES(21u));
        CHECK(data[capacity] == 0x5a);
        free(data);
    }
}

int main(void) {
    elements_are_as_short_as_they_can_be();
    every_payload_comes_out_as_it_went_in();
    a_frame_that_does_not_fit_is_refused();
    return 0;
}
