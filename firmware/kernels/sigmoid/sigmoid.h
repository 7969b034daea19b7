/* LOGISTIC and TANH of INT16, by a table and straight lines between its entries. The output has scale 2^-15 and zero point 0.
 *
 * Semantics: TFLite's 16x8 rules, as TensorFlow Lite Micro's reference kernels compute them: tanh(x) = 2 * logistic(2 * x) - 1.
 */
#ifndef STATOR_KERNELS_SIGMOID_H
#define STATOR_KERNELS_SIGMOID_H

#include "common/kernel.h"

struct stator_sigmoid {
    const uint16_t *table; /* [256]: 65536 * logistic(i / 24) */
    int32_t elements;
    int32_t multiplier; /* with right: element * multiplier, rounded, shifted right, is 2^17 for 32/3; 1..32767 */
    int32_t right;      /* 0..30 */
};

/* Every variant in kernels.inc computes the same bytes.
 * out, in: int16 [elements], aligned for int16. out may be in. Callable from task and interrupt; does not block; no static state;
 * stack under 64 bytes. Returns 0; -EINVAL (a null pointer, elements below 1, a shift out of range), then nothing is written. */
#define STATOR_KERNEL(op, isa, tile)                                                                                             \
    STATOR_MUST_CHECK int STATOR_KERNEL_NAME(op, isa, tile)(int16_t *out, const int16_t *in, const struct stator_sigmoid *p);
#include "sigmoid/kernels.inc"
#undef STATOR_KERNEL

/* The guard that every variant starts with. */
static inline int stator_sigmoid_valid(const int16_t *out, const int16_t *in, const struct stator_sigmoid *p) {
    return out && in && p && p->table && p->elements > 0 && p->right >= 0 && p->right <= 30;
}

#endif
