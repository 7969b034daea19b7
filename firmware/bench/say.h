/* How the images of the bench speak: lines with their CRC-32 (stator/line.h), sent by polling. Not reentrant. */
#ifndef STATOR_BENCH_SAY_H
#define STATOR_BENCH_SAY_H

#include "stator/line.h"

void bench_begin(struct stator_line *line, const char *kind);
void bench_field(struct stator_line *line, const char *name, uint32_t value);
void bench_send(struct stator_line *line);

/* Says `bytes` bytes as lines O,<run>,<output>,<offset in the output>,<hex>. */
void bench_bytes(uint32_t run, uint32_t output, const int8_t *data, uint32_t bytes);

#endif
