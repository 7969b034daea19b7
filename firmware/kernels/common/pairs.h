/* Walking two operands that broadcast against each other: where an operand has size 1 along a dimension, its stride is 0 there.
 *
 * All functions: callable from anywhere, do not block, no memory but the stack.
 */
#ifndef STATOR_KERNELS_COMMON_PAIRS_H
#define STATOR_KERNELS_COMMON_PAIRS_H

#include <stdint.h>

#define STATOR_MAX_RANK 6

/* The output's shape, outermost dimension first, and the operands' strides, in elements. Neighbouring dimensions along which
 * both operands go on alike are one, so operands of one shape have rank 1. */
struct stator_pairs {
    int32_t rank; /* 1..STATOR_MAX_RANK */
    int32_t size[STATOR_MAX_RANK];
    int32_t a_stride[STATOR_MAX_RANK];
    int32_t b_stride[STATOR_MAX_RANK];
};

static inline int stator_pairs_valid(const struct stator_pairs *p) {
    if (p->rank < 1 || p->rank > STATOR_MAX_RANK) {
        return 0;
    }
    for (int32_t d = 0; d < p->rank; d++) {
        if (p->size[d] < 1) {
            return 0;
        }
    }
    return 1;
}

/* Where the walk stands: the output's elements come in order, a and b say which of the operands' belong to it. */
struct stator_pair {
    int32_t a, b;
    int32_t column; /* of the innermost dimension */
    int32_t row;    /* all other dimensions as one */
    int32_t rows;
};

static inline struct stator_pair stator_first_pair(const struct stator_pairs *p) {
    struct stator_pair at = {0, 0, 0, 0, 1};
    for (int32_t d = 0; d < p->rank - 1; d++) {
        at.rows *= p->size[d];
    }
    return at;
}

static inline int stator_is_pair(const struct stator_pair *at) {
    return at->row < at->rows;
}

static inline void stator_next_pair(struct stator_pair *at, const struct stator_pairs *p) {
    const int32_t inner = p->rank - 1;
    if (++at->column < p->size[inner]) {
        at->a += p->a_stride[inner];
        at->b += p->b_stride[inner];
        return;
    }
    at->column = 0;
    at->a = at->b = 0;
    int32_t rest = ++at->row;
    for (int32_t d = inner - 1; d >= 0; d--) {
        at->a += rest % p->size[d] * p->a_stride[d];
        at->b += rest % p->size[d] * p->b_stride[d];
        rest /= p->size[d];
    }
}

#endif
