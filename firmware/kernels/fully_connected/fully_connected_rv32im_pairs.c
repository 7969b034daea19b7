/* Rows of a matrix product with INT4 weights for RV32IM; fully_connected_rv32im_pairs.S computes them. */
#include "fully_connected/fully_connected_rv32im_pairs.h"
#include "fully_connected/fully_connected.h"

int stator_fully_connected_s8_s4__rv32im_pairs(int8_t *out, const int8_t *in, const struct stator_fully_connected_packed *p,
                                               void *scratch) {
    if (!stator_fully_connected_packed_valid(out, in, p)) {
        return -EINVAL;
    }
    (void)scratch; /* takes none */
    for (int32_t row = 0; row < p->rows; row++, in += p->depth, out += p->units) {
        int32_t sum = 0;
        for (int32_t d = 0; d < p->depth; d++) {
            sum += in[d];
        }
        stator_fully_connected_rv32im_pairs_row(out, in, p->stream, p->depth, p->units, -8 * sum);
    }
    return 0;
}
