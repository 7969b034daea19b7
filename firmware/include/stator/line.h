/* A line of text, written piece by piece into a buffer: decimal, hexadecimal, text; no printf, no heap.
 *
 * A line that does not fit is cut and says so when it is ended. Task context or interrupt; does not block; no static state.
 */
#ifndef STATOR_LINE_H
#define STATOR_LINE_H

#include "stator/common.h"

struct stator_line {
    uint8_t *data;   /* the caller's buffer; ASCII, not terminated */
    size_t capacity; /* of `data`, in bytes */
    size_t bytes;    /* written so far; capacity + 1 once something did not fit */
};

/* Starts an empty line in the `capacity` bytes at `data`. */
void stator_line_begin(struct stator_line *line, uint8_t *data, size_t capacity);

/* Each appends one piece; nothing separates the pieces. */
void stator_line_text(struct stator_line *line, const char *text);
void stator_line_decimal(struct stator_line *line, uint64_t value);
void stator_line_hex32(struct stator_line *line, uint32_t value);                   /* 8 lower-case digits */
void stator_line_hex(struct stator_line *line, const int8_t *values, size_t count); /* two digits each */

/* Appends `*`, the CRC-32 of all before it as 8 hex digits, and a newline.
 * Returns the bytes of the whole line; -EOVERFLOW: it did not fit and must not be sent. */
STATOR_MUST_CHECK int stator_line_end(struct stator_line *line);

#endif
