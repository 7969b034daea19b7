/* Sum of two INT8 tensors of one shape as one sum of products. */
#include "add/add.h"
#include "common/requantize.h"

static inline int8_t sum(int32_t a, int32_t b, const struct stator_add_c *p) {
    return (int8_t)stator_clamp((a * p->a_multiplier + b * p->b_multiplier + p->offset) >> STATOR_ADD_DROPPED, INT8_MIN,
                                INT8_MAX);
}

int stator_add_s8__c(int8_t *out, const int8_t *a, const int8_t *b, const struct stator_add_c *p, void *scratch) {
    (void)scratch;
    if (!out || !a || !b || !p || p->elements < 1) {
        return -EINVAL;
    }
    const struct stator_add_c by = *p; /* in registers: out might be anything */
    const int8_t *const end = a + by.elements;
    for (const int8_t *const fours = end - by.elements % 4; a < fours; a += 4, b += 4, out += 4) {
        const int8_t q0 = sum(a[0], b[0], &by), q1 = sum(a[1], b[1], &by), q2 = sum(a[2], b[2], &by), q3 = sum(a[3], b[3], &by);
        out[0] = q0;
        out[1] = q1;
        out[2] = q2;
        out[3] = q3;
    }
    for (; a < end; a++, b++, out++) {
        *out = sum(*a, *b, &by);
    }
    return 0;
}
