/* The oracle: readable, never optimised. */
#include "copy/copy.h"

#include <string.h>

/* The innermost dimension of a box; in one piece where both sides are. */
static void copy_row(uint8_t *to, const uint8_t *from, int32_t count, int32_t to_step, int32_t from_step, int32_t bytes) {
    if (to_step == 1 && from_step == 1) {
        memcpy(to, from, (size_t)count * (size_t)bytes);
        return;
    }
    for (int32_t i = 0; i < count; i++) {
        memcpy(to + i * to_step * bytes, from + i * from_step * bytes, (size_t)bytes);
    }
}

/* One box: rows are all dimensions but the innermost, counted as one. */
static void copy_box(void *const *out, const void *const *in, const int32_t *part, int32_t rank, int32_t bytes) {
    const int32_t *size = part + 4, *to_step = size + rank, *from_step = to_step + rank;
    const int32_t inner = rank - 1;
    int32_t rows = 1;
    for (int32_t d = 0; d < inner; d++) {
        rows *= size[d];
    }
    for (int32_t row = 0; row < rows; row++) {
        int32_t to = part[1], from = part[3], rest = row;
        for (int32_t d = inner - 1; d >= 0; d--) {
            to += rest % size[d] * to_step[d];
            from += rest % size[d] * from_step[d];
            rest /= size[d];
        }
        copy_row((uint8_t *)out[part[0]] + to * bytes, (const uint8_t *)in[part[2]] + from * bytes, size[inner], to_step[inner],
                 from_step[inner], bytes);
    }
}

int stator_copy_any__ref(void *const *out, const void *const *in, const struct stator_copy *p) {
    if (!stator_copy_valid(out, in, p)) {
        return -EINVAL;
    }
    uint8_t *border = out[0];
    for (int32_t i = 0; i < p->border_elements * p->element_bytes; i++) {
        border[i] = (uint8_t)((uint64_t)p->border >> (8 * (i % p->element_bytes)));
    }
    for (int32_t i = 0; i < p->parts; i++) {
        copy_box(out, in, p->part + i * (4 + 3 * p->rank), p->rank, p->element_bytes);
    }
    return 0;
}
