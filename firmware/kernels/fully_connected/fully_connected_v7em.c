/* Rows of a matrix product for Armv7E-M; fully_connected_v7em.S computes them. */
#include "fully_connected/fully_connected_v7em.h"
#include "fully_connected/fully_connected.h"

int stator_fully_connected_s8__v7em(int8_t *out, const int8_t *in, const struct stator_fully_connected_packed *p, void *scratch) {
    if (!stator_fully_connected_packed_valid(out, in, p)) {
        return -EINVAL;
    }
    (void)scratch; /* takes none */
    for (int32_t row = 0; row < p->rows; row++, in += p->depth, out += p->units) {
        struct stator_fully_connected_v7em_row r = {
            .zero_point = p->output_zero_point,
            .out = out,
            .out_end = out + p->units,
            .in = in,
            .in_end = in + (p->depth & ~3),
            .has_rest = (p->depth & 3) != 0,
            .stream = p->stream,
        };
        for (int32_t i = 0; i < (p->depth & 3); i++) {
            r.rest |= (uint32_t)(uint8_t)r.in_end[i] << 8 * i;
        }
        stator_fully_connected_v7em_row(&r);
    }
    return 0;
}
