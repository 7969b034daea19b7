#include "stator/line.h"

#include <string.h>

#include "stator/crc32.h"

static const char digits[16] = {'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'};

void stator_line_begin(struct stator_line *line, uint8_t *data, size_t capacity) {
    line->data = data;
    line->capacity = capacity;
    line->bytes = 0;
}

/* Room for `bytes` more, or NULL and the line is void from here on. */
static uint8_t *grow(struct stator_line *line, size_t bytes) {
    if (line->bytes > line->capacity || bytes > line->capacity - line->bytes) {
        line->bytes = line->capacity + 1;
        return NULL;
    }
    uint8_t *at = line->data + line->bytes;
    line->bytes += bytes;
    return at;
}

void stator_line_text(struct stator_line *line, const char *text) {
    size_t bytes = strlen(text);
    uint8_t *at = grow(line, bytes);
    if (at) {
        memcpy(at, text, bytes);
    }
}

void stator_line_decimal(struct stator_line *line, uint64_t value) {
    /* Long division by 10, 16 bits at a time: no 64-bit division, whose library routine is larger than all of this file. */
    uint16_t limbs[4] = {(uint16_t)(value >> 48), (uint16_t)(value >> 32), (uint16_t)(value >> 16), (uint16_t)value};
    uint8_t text[20];
    size_t count = 0;
    unsigned first = 0;
    do {
        uint32_t rest = 0;
        for (unsigned i = first; i < 4; i++) {
            rest = (rest << 16) | limbs[i];
            limbs[i] = (uint16_t)(rest / 10u);
            rest %= 10u;
        }
        text[count++] = (uint8_t)digits[rest];
        while (first < 4 && limbs[first] == 0) {
            first++;
        }
    } while (first < 4);
    uint8_t *at = grow(line, count);
    while (at && count > 0) {
        *at++ = text[--count];
    }
}

void stator_line_hex32(struct stator_line *line, uint32_t value) {
    uint8_t *at = grow(line, 8);
    for (int shift = 28; at && shift >= 0; shift -= 4) {
        *at++ = (uint8_t)digits[(value >> shift) & 15u];
    }
}

void stator_line_hex(struct stator_line *line, const int8_t *values, size_t count) {
    uint8_t *at = grow(line, 2 * count);
    for (size_t i = 0; at && i < count; i++) {
        uint8_t byte = (uint8_t)values[i];
        *at++ = (uint8_t)digits[byte >> 4];
        *at++ = (uint8_t)digits[byte & 15u];
    }
}

int stator_line_end(struct stator_line *line) {
    uint32_t crc = line->bytes > line->capacity ? 0 : stator_crc32(0, line->data, line->bytes);
    stator_line_text(line, "*");
    stator_line_hex32(line, crc);
    stator_line_text(line, "\n");
    return line->bytes > line->capacity ? -EOVERFLOW : (int)line->bytes;
}
