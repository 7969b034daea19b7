/* The oracle: readable, never optimised. */
#include "lookup/lookup.h"

int stator_lookup_s8__ref(int8_t *out, const int8_t *in, const struct stator_lookup *p) {
    if (!out || !in || !p || !p->table || p->elements < 1) {
        return -EINVAL;
    }
    for (int32_t i = 0; i < p->elements; i++) {
        out[i] = p->table[in[i] + 128];
    }
    return 0;
}
