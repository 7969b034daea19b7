/* sources: firmware/telemetry/line.c firmware/telemetry/crc32.c */
#include "stator/line.h"

#include <inttypes.h>
#include <string.h>

#include "check.h"

#include "stator/crc32.h"

static void crc_is_that_of_ieee_802_3(void) {
    CHECK(stator_crc32(0, "123456789", 9) == 0xcbf43926u); /* the check value of every CRC-32 table */
    CHECK(stator_crc32(0, NULL, 0) == 0);
    CHECK(stator_crc32(stator_crc32(0, "1234", 4), "56789", 5) == 0xcbf43926u);
}

static void decimals_are_those_of_printf(void) {
    const uint64_t values[] = {
        0,          1,           9,           10,         99,         100,        65535,      65536,
        4294967295, 4294967296u, 9999999999u, UINT64_MAX, 1ull << 48, 1ull << 63, 1000000000, 123456789012345};
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        uint8_t data[32];
        char text[32];
        struct stator_line line;
        stator_line_begin(&line, data, sizeof(data));
        stator_line_decimal(&line, values[i]);
        (void)snprintf(text, sizeof(text), "%" PRIu64, values[i]);
        CHECK(line.bytes == strlen(text) && memcmp(data, text, line.bytes) == 0);
    }
}

static void a_line_ends_in_its_crc(void) {
    uint8_t data[64];
    struct stator_line line;
    stator_line_begin(&line, data, sizeof(data));
    stator_line_text(&line, "F,");
    stator_line_hex32(&line, 0x00c0ffeeu);
    stator_line_text(&line, ",");
    stator_line_hex(&line, (const int8_t[]){-128, -1, 0, 127}, 4);
    CHECK(line.bytes == 19 && memcmp(data, "F,00c0ffee,80ff007f", 19) == 0);
    char tail[16];
    (void)snprintf(tail, sizeof(tail), "*%08" PRIx32 "\n", stator_crc32(0, data, 19));
    CHECK(stator_line_end(&line) == 29);
    CHECK(memcmp(data + 19, tail, 10) == 0);
}

/* Every capacity: what fits is whole, what does not is refused, and no byte behind the buffer is touched. */
static void a_line_that_does_not_fit_is_refused(void) {
    for (size_t capacity = 0; capacity <= 24; capacity++) {
        uint8_t *data = malloc(capacity + 1); /* the sanitizer watches its end */
        CHECK(data != NULL);
        data[capacity] = 0x5a;
        struct stator_line line;
        stator_line_begin(&line, data, capacity);
        stator_line_text(&line, "ab");
        stator_line_decimal(&line, 12345);
        stator_line_hex(&line, (const int8_t[]){1, 2}, 2);
        int bytes = stator_line_end(&line);
        CHECK(capacity >= 21 ? bytes == 21 : bytes == -EOVERFLOW);
        CHECK(data[capacity] == 0x5a);
        free(data);
    }
}

int main(void) {
    crc_is_that_of_ieee_802_3();
    decimals_are_those_of_printf();
    a_line_ends_in_its_crc();
    a_line_that_does_not_fit_is_refused();
    return 0;
}
