/* ADD of two INT8 tensors that broadcast: both are taken to a common scale with 20 bits of headroom, summed, and requantized.
 * With a negative b_multiplier it is SUB.
 *
 * Semantics: TFLite INT8 specification with double rounding.
 */
#ifndef STATOR_KERNELS_ADD_H
#define STATOR_KERNELS_ADD_H

#include "common/kernel.h"
#include "common/pairs.h"

#define STATOR_ADD_LEFT_SHIFT 20

struct stator_add {
    struct stator_pairs over;
    int32_t a_zero_point; /* -128..127 */
    int32_t a_multiplier; /* with a_shift (not positive): a to the common scale, see requantize.h */
    int32_t a_shift;
    int32_t b_zero_point;
    int32_t b_multiplier; /* negative: what its absolute value gives is subtracted */
    int32_t b_shift;
    int32_t output_zero_point;
    int32_t output_multiplier;
    int32_t output_shift;
    int32_t activation_min; /* -128..127, not above activation_max */
    int32_t activation_max;
};

/* v7em: for a whose scale is half of the common one: it is shifted; b is multiplied. Both by 2 more than the semantics say. */
struct stator_add_v7em {
    int32_t b_multiplier;
    int32_t b_shift;  /* to the right */
    int32_t b_offset; /* -b_zero_point * 2^21 */
    int32_t a_offset; /* -a_zero_point * 2^20 */
    int32_t output_multiplier;
    int32_t output_shift; /* to the right, 1..31 */
    int32_t output_zero_point;
    int32_t elements;
};

/* c: the output is saturate8((a * a_multiplier + b * b_multiplier + offset) >> 22), which was compared for every a and b. */
#define STATOR_ADD_DROPPED 22

struct stator_add_c {
    int32_t a_multiplier;
    int32_t b_multiplier;
    int32_t offset;
    int32_t elements;
};

#define stator_add_xpulp stator_add_c /* the same */

/* mve: the same. */
struct stator_add_mve {
    int32_t a_multiplier;
    int32_t b_multiplier;
    int32_t offset; /* less what two roundings add on the way */
    int32_t elements;
};

#if defined(__arm__)
_Static_assert(sizeof(struct stator_add_v7em) == 32, "add_v7em.S loads all of it");
_Static_assert(sizeof(struct stator_add_mve) == 16, "add_mve.S loads all of it");
#endif

/* Every variant in kernels.inc computes the same bytes.
 * out: int8, of over's shape, written whole. a, b: int8, as over's strides say. out may be an operand that is not broadcast, and
 * b may be a. No alignment is asked for. Callable from task and interrupt; does not block; no static state; stack under 128
 * bytes. Returns 0; -EINVAL (a null pointer, a shape out of range, or a positive shift), then nothing is written. */
#define STATOR_KERNEL(op, isa, tile)                                                                                             \
    STATOR_MUST_CHECK int STATOR_KERNEL_NAME(op, isa, tile)(int8_t *out, const int8_t *a, const int8_t *b,                       \
                                                            const struct stator_add *p);
/* A variant for two tensors of one shape whose constants the compiler has prepared: the module that is named like it in
 * tools/stator/variants/ says which layers it takes. As above; scratch: null. */
#define STATOR_KERNEL_PACKED(op, isa, tile)                                                                                      \
    STATOR_MUST_CHECK int STATOR_KERNEL_NAME(op, isa, tile)(int8_t *out, const int8_t *a, const int8_t *b,                       \
                                                            const struct stator_add_##isa *p, void *scratch);
#include "add/kernels.inc"
#undef STATOR_KERNEL
#undef STATOR_KERNEL_PACKED

/* The guard that every variant starts with. */
static inline int stator_add_valid(const int8_t *out, const int8_t *a, const int8_t *b, const struct stator_add *p) {
    return out && a && b && p && stator_pairs_valid(&p->over) && p->a_shift <= 0 && p->b_shift <= 0 && p->output_shift <= 0;
}

#endif
