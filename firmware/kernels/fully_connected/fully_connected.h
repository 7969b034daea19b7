/* FULLY_CONNECTED of INT8: out[r][u] = requantize(bias[u] + sum over d of (in[r][d] - input_zero_point) * weights[u][d]).
 *
 * Semantics: TFLite INT8 specification with double rounding. Weights have zero point 0; they are INT8, or INT4 where the kernel's
 * name ends in s4.
 */
#ifndef STATOR_KERNELS_FULLY_CONNECTED_H
#define STATOR_KERNELS_FULLY_CONNECTED_H

#include "common/kernel.h"

struct stator_fully_connected {
    const int8_t *weights;     /* [units][depth]; INT4: of each unit a row, see nibbles.h */
    const int32_t *bias;       /* [units], or null: zeros */
    const int32_t *multiplier; /* [units] where per_channel, else [1]; with shift: accumulator to output, see requantize.h */
    const int8_t *shift;       /* like multiplier */
    int32_t per_channel;       /* 0 or 1 */
    int32_t rows;
    int32_t depth;
    int32_t units;
    int32_t input_zero_point;  /* -128..127 */
    int32_t output_zero_point; /* -128..127 */
    int32_t activation_min;    /* -128..127, not above activation_max */
    int32_t activation_max;
};

/* For variants with a layout of their own: weights, biases and scales are one stream of words. */
struct stator_fully_connected_packed {
    const int32_t *stream;
    int32_t rows;
    int32_t depth;
    int32_t units;
    int32_t input_zero_point;
    int32_t output_zero_point;
    int32_t activation_min;
    int32_t activation_max;
};

/* Every variant in kernels.inc computes the same bytes.
 * out: int8 [rows][units], written whole. in: int8 [rows][depth]. p: read only, owned by the caller, as all it points to. out
 * and in must not overlap. No alignment is asked for. The accumulator must not leave int32 for any input: the compiler has
 * proved that for what it emits. Callable from task and interrupt; does not block; no static state; stack under 128 bytes.
 * Returns 0; -EINVAL (a null pointer but bias, or a size below 1), then nothing is written. */
#define STATOR_KERNEL(op, isa, tile)                                                                                             \
    STATOR_MUST_CHECK int STATOR_KERNEL_NAME(op, isa, tile)(int8_t *out, const int8_t *in,                                       \
                                                            const struct stator_fully_connected *p);
/* A variant with a layout of its own, made by the module that is named like it in tools/stator/variants/, which also says which
 * layers it takes. As above, and: scratch: as many bytes as that module says (null for none), aligned to 8, its content lost. */
#define STATOR_KERNEL_PACKED(op, isa, tile)                                                                                      \
    STATOR_MUST_CHECK int STATOR_KERNEL_NAME(op, isa, tile)(int8_t *out, const int8_t *in,                                       \
                                                            const struct stator_fully_connected_packed *p, void *scratch);
#include "fully_connected/kernels.inc"
#undef STATOR_KERNEL
#undef STATOR_KERNEL_PACKED

/* The guard that every variant starts with. */
static inline int stator_fully_connected_valid(const int8_t *out, const int8_t *in, const struct stator_fully_connected *p) {
    return out && in && p && p->weights && p->multiplier && p->shift && p->rows > 0 && p->depth > 0 && p->units > 0;
}

static inline int stator_fully_connected_packed_valid(const int8_t *out, const int8_t *in,
                                                      const struct stator_fully_connected_packed *p) {
    return out && in && p && p->stream && p->rows > 0 && p->depth > 0 && p->units > 0;
}

#endif
