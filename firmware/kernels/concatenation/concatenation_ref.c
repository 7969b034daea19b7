/* The oracle: readable, never optimised. */
#include "concatenation/concatenation.h"

static int8_t *copy(int8_t *out, const int8_t *in, int32_t row, int32_t run) {
    for (int32_t i = 0; i < run; i++) {
        *out++ = in[row * run + i];
    }
    return out;
}

int stator_concatenation_s8__ref(int8_t *out, const int8_t *a, const int8_t *b, const int8_t *c, const int8_t *d,
                                 const struct stator_concatenation *p) {
    if (!out || !a || !b || !c || !d || !p || p->outer < 1 || p->run0 < 1 || p->run1 < 0 || p->run2 < 0 || p->run3 < 0) {
        return -EINVAL;
    }
    for (int32_t row = 0; row < p->outer; row++) {
        out = copy(out, a, row, p->run0);
        out = copy(out, b, row, p->run1);
        out = copy(out, c, row, p->run2);
        out = copy(out, d, row, p->run3);
    }
    return 0;
}
