/* The oracle: readable, never optimised. */
#include "select/select.h"

#include <string.h>

int stator_select_any__ref(void *out, const uint8_t *mask, const void *a, const void *b, const struct stator_select *p) {
    if (!stator_select_valid(out, mask, a, b, p)) {
        return -EINVAL;
    }
    uint8_t *to = out;
    const int32_t bytes = p->element_bytes;
    struct stator_pair at = stator_first_pair(&p->over);
    struct stator_pair where = stator_first_pair(&p->mask);
    while (stator_is_pair(&at)) {
        const uint8_t *from = mask[where.a] ? (const uint8_t *)a + at.a * bytes : (const uint8_t *)b + at.b * bytes;
        memmove(to, from, (size_t)bytes);
        to += bytes;
        stator_next_pair(&at, &p->over);
        stator_next_pair(&where, &p->mask);
    }
    return 0;
}
