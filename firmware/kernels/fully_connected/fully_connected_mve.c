/* Rows of a matrix product for Helium; fully_connected_mve.S computes them. */
#include "fully_connected/fully_connected_mve.h"
#include "fully_connected/fully_connected.h"

int stator_fully_connected_s8__mve(int8_t *out, const int8_t *in, const struct stator_fully_connected_packed *p, void *scratch) {
    if (!stator_fully_connected_packed_valid(out, in, p)) {
        return -EINVAL;
    }
    (void)scratch; /* takes none */
    const int32_t others = (p->depth - 1) / 16;
    for (int32_t row = 0; row < p->rows; row++, in += p->depth, out += p->units) {
        const struct stator_fully_connected_mve_row r = {
            .in = in,
            .last = in + 16 * others,
            .last_bytes = p->depth - 16 * others,
            .turns = (others + 3) / 4,
            .entry = others == 0 ? 4 : -others & 3,
            .power = p->stream[0],
            .out = out,
            .units = p->units,
            .stream = p->stream + STATOR_FULLY_CONNECTED_MVE_HEADER,
            .zero_point = p->output_zero_point,
        };
        stator_fully_connected_mve_row(&r);
    }
    return 0;
}
