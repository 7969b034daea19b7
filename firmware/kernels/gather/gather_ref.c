/* The oracle: readable, never optimised. */
#include "common/requantize.h"
#include "gather/gather.h"

#include <string.h>

int stator_gather_any__ref(void *out, const void *in, const int32_t *indices, const struct stator_gather *p) {
    if (!stator_gather_valid(out, in, indices, p)) {
        return -EINVAL;
    }
    uint8_t *to = out;
    const int32_t run = p->inner * p->element_bytes;
    for (int32_t batch = 0; batch < p->batches; batch++) {
        for (int32_t outer = 0; outer < p->outer; outer++) {
            for (int32_t i = 0; i < p->count; i++) {
                const int32_t *place = indices + (batch * p->count + i) * p->depth;
                int32_t from = (batch * p->outer + outer) * p->block;
                for (int32_t k = 0; k < p->depth; k++) {
                    from += stator_clamp(place[k], 0, p->size[k] - 1) * p->stride[k];
                }
                memcpy(to, (const uint8_t *)in + from * p->element_bytes, (size_t)run);
                to += run;
            }
        }
    }
    return 0;
}
