/* Sum of two INT8 tensors of one shape for CV32E40P with Xpulp, as one sum of products.
 *
 * int stator_add_s8__xpulp(
 *     int8_t *out,                             a0
 *     const int8_t *a,                         a1
 *     const int8_t *b,                         a2
 *     const struct stator_add_c *p,            a3
 *     void *scratch);                          a4, not read
 *
 * Clobbers t0-t6, a0-a4, hardware loop 0. No stack. Over-read: none; an element of a and b is read before that of out is written.
 * Registers: t0 and t1 an element of a and b, t2 the sum; t3 multiplier of a, t4 of b, t5 offset, t6 elements.
 */
#include "common/xpulp.inc"
        .equ    EINVAL, 22

FUNC stator_add_s8__xpulp
        beqz    a0, 9f
        beqz    a1, 9f
        beqz    a2, 9f
        beqz    a3, 9f
        lw      t6, 12(a3)
        blez    t6, 9f
        lw      t3, 0(a3)
        lw      t4, 4(a3)
        lw      t5, 8(a3)
        .balign 4
        CV_LOOP t6, 7
        CV_LB   t0, a1, 1
        CV_LB   t1, a2, 1
        mul     t2, t0, t3
        CV_MAC  t2, t1, t4
        CV_ADDN t2, t2, t5, 22
        CV_CLIP8 t2, t2
        CV_SB   t2, a0, 1
        li      a0, 0
        ret
9:      li      a0, -EINVAL
        ret
ENDFUNC stator_add_s8__xpulp
