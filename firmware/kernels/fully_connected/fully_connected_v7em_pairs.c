/* Rows of a matrix product with INT4 weights for Armv7E-M; fully_connected_v7em_pairs.S computes them. */
#include "fully_connected/fully_connected_v7em_pairs.h"
#include "fully_connected/fully_connected.h"

int stator_fully_connected_s8_s4__v7em_pairs(int8_t *out, const int8_t *in, const struct stator_fully_connected_packed *p,
                                             void *scratch) {
    if (!stator_fully_connected_packed_valid(out, in, p)) {
        return -EINVAL;
    }
    (void)scratch; /* takes none */
    for (int32_t row = 0; row < p->rows; row++, in += p->depth, out += p->units) {
        struct stator_fully_connected_v7em_pairs r = {
            .out = out,
            .out_end = out + p->units,
            .in = in,
            .in_end = in + (p->depth & ~3),
            .has_rest = (p->depth & 3) != 0,
            .zero_point = p->output_zero_point,
            .stream = p->stream,
        };
        for (int32_t i = 0; i < (p->depth & 3); i++) {
            r.rest |= (uint32_t)(uint8_t)r.in_end[i] << 8 * i;
        }
        for (int32_t i = 0; i < p->depth; i++) {
            r.more -= 8 * in[i];
        }
        stator_fully_connected_v7em_pairs_row(&r);
    }
    return 0;
}
