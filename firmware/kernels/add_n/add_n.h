/* ADD_N: the sum of any number of tensors of one shape, and for INT8 of one scale.
 *
 * Semantics: TFLite INT8 specification with double rounding. */
#ifndef STATOR_KERNELS_ADD_N_H
#define STATOR_KERNELS_ADD_N_H

#include "common/kernel.h"

#define STATOR_ADD_N_LEFT_SHIFT 20

struct stator_add_n {
    int32_t elements;
    int32_t inputs;
    int32_t input_zero_point; /* from here on for add_n_s8 only: -128..127 */
    int32_t input_multiplier; /* see requantize.h; shifts are not positive */
    int32_t input_shift;
    int32_t output_zero_point;
    int32_t output_multiplier;
    int32_t output_shift;
};

/* Every variant in kernels.inc computes the same bytes.
 * out: one pointer to int8 or float [elements], in: `inputs` such pointers, aligned for it. The output may be any of the inputs.
 * Callable from task and interrupt; does not block; no static state; stack under 128 bytes. Returns 0; -EINVAL (a null pointer,
 * or a size out of range), then nothing is written. */
#define STATOR_KERNEL(op, isa, tile)                                                                                             \
    STATOR_MUST_CHECK int STATOR_KERNEL_NAME(op, isa, tile)(void *const *out, const void *const *in,                             \
                                                            const struct stator_add_n *p);
#include "add_n/kernels.inc"
#undef STATOR_KERNEL

/* The guard that every variant starts with. */
static inline int stator_add_n_valid(void *const *out, const void *const *in, const struct stator_add_n *p) {
    return out && out[0] && p && p->elements > 0 && stator_all_there(in, p->inputs) && p->input_shift <= 0 &&
           p->output_shift <= 0;
}

#endif
