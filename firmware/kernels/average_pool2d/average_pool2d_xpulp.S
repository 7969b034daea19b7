/* Sums over a window for CV32E40P with Xpulp, four channels at a time; see average_pool2d_xpulp.h. */
#include "common/xpulp.inc"

/* void stator_average_pool2d_xpulp_sums(
 *     int32_t *sum,            a0
 *     const int8_t *x,         a1
 *     int32_t step,            a2
 *     int32_t columns,         a3
 *     int32_t rows,            a4
 *     int32_t pitch);          a5
 *
 * Clobbers t0-t6, a1, a4, a6, a7, hardware loop 0. Per pixel 6 instructions: a sum of four products with one of the bytes 1 takes that
 * channel and widens it.
 * Registers: t0-t3 sums; a6 a7 t4 t5 a byte of 1 in each place; t6 pixel.
 */
FUNC stator_average_pool2d_xpulp_sums
        li      t0, 0
        li      t1, 0
        li      t2, 0
        li      t3, 0
        li      a6, 1
        slli    a7, a6, 8
        slli    t4, a6, 16
        slli    t5, a6, 24
        .balign 4
1:      CV_LOOP a3, 6
        lw      t6, 0(a1)
        add     a1, a1, a2
        CV_SDOTSP_B t0, t6, a6
        CV_SDOTSP_B t1, t6, a7
        CV_SDOTSP_B t2, t6, t4
        CV_SDOTSP_B t3, t6, t5
        add     a1, a1, a5
        addi    a4, a4, -1
        bnez    a4, 1b
        sw      t0, 0(a0)
        sw      t1, 4(a0)
        sw      t2, 8(a0)
        sw      t3, 12(a0)
        ret
ENDFUNC stator_average_pool2d_xpulp_sums
