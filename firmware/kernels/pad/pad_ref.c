/* The oracle: readable, never optimised. */
#include "pad/pad.h"

static int inside(int32_t at, int32_t before, int32_t size) {
    return at >= before && at < before + size;
}

int stator_pad_s8__ref(int8_t *out, const int8_t *in, const struct stator_pad *p) {
    if (!stator_pad_valid(out, in, p)) {
        return -EINVAL;
    }
    for (int32_t a = 0; a < p->before0 + p->size0 + p->after0; a++) {
        for (int32_t b = 0; b < p->before1 + p->size1 + p->after1; b++) {
            for (int32_t c = 0; c < p->before2 + p->size2 + p->after2; c++) {
                for (int32_t d = 0; d < p->before3 + p->size3 + p->after3; d++) {
                    if (inside(a, p->before0, p->size0) && inside(b, p->before1, p->size1) && inside(c, p->before2, p->size2) &&
                        inside(d, p->before3, p->size3)) {
                        *out++ = *in++;
                    } else {
                        *out++ = (int8_t)p->value;
                    }
                }
            }
        }
    }
    return 0;
}
