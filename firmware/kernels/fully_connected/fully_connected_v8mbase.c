/* Rows of a matrix product for Armv8-M Baseline and Armv6-M; fully_connected_v8mbase.S computes them. */
#include "fully_connected/fully_connected_v8mbase.h"
#include "fully_connected/fully_connected.h"

int stator_fully_connected_s8__v8mbase(int8_t *out, const int8_t *in, const struct stator_fully_connected_packed *p,
                                       void *scratch) {
    if (!stator_fully_connected_packed_valid(out, in, p)) {
        return -EINVAL;
    }
    (void)scratch; /* takes none */
    for (int32_t row = 0; row < p->rows; row++, in += p->depth, out += p->units) {
        stator_fully_connected_v8mbase_row(out, in, p->stream, p->depth, p->units);
    }
    return 0;
}
