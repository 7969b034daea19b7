/* The oracle: readable, never optimised. */
#include "arg_max/arg_max.h"

static void put(void *out, int32_t at, int32_t index, int32_t bytes) {
    if (bytes == 4) {
        ((int32_t *)out)[at] = index;
    } else {
        ((int64_t *)out)[at] = index;
    }
}

#define ARG_MAX(kernel, type)                                                                                                    \
    int kernel(void *out, const void *in, const struct stator_arg_max *p) {                                                      \
        if (!stator_arg_max_valid(out, in, p)) {                                                                                 \
            return -EINVAL;                                                                                                      \
        }                                                                                                                        \
        for (int32_t o = 0; o < p->outer; o++) {                                                                                 \
            for (int32_t i = 0; i < p->inner; i++) {                                                                             \
                const type *x = (const type *)in + o * p->count * p->inner + i;                                                  \
                int32_t best = 0;                                                                                                \
                for (int32_t n = 1; n < p->count; n++) {                                                                         \
                    const type candidate = x[n * p->inner], holder = x[best * p->inner];                                         \
                    if (p->smallest ? candidate < holder : candidate > holder) {                                                 \
                        best = n;                                                                                                \
                    }                                                                                                            \
                }                                                                                                                \
                put(out, o * p->inner + i, best, p->output_bytes);                                                               \
            }                                                                                                                    \
        }                                                                                                                        \
        return 0;                                                                                                                \
    }

ARG_MAX(stator_arg_max_s8__ref, int8_t)
ARG_MAX(stator_arg_max_f32__ref, float)
