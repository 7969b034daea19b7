/* A row of a matrix product for RV32IM, sixteen units side by side, or eight; see fully_connected_rv32im.h for the layouts. */
#include "common/asm.h"

/* void stator_fully_connected_rv32im_row(
 *     int8_t *out,             a0
 *     const int8_t *in,        a1
 *     const int32_t *stream,   a2
 *     int32_t depth,           a3
 *     int32_t units);          a4
 *
 * Clobbers ra, t0-t6, a0-a7. Reads row and stream exactly. Per input: 17 loads, 16 products, 16 sums; of eight units 9, 8 and 8.
 * Registers: s0-s11 t3-t6 sums; a0 output, a1 inputs, a2 stream, a3 end of the inputs, a4-a7 weights and products, t0 input, t1 t2.
 * Frame: 0 s0-s11, 48 ra, 52 where the loop is entered: inputs back from there, 56 inputs, 60 units left.
 */
        .equ    UNROLL, 4

        .macro  FOUR at, s0, s1, s2, s3
        lb      a4, \at(a2)
        lb      a5, \at + 1(a2)
        lb      a6, \at + 2(a2)
        lb      a7, \at + 3(a2)
        mul     a4, a4, t0
        mul     a5, a5, t0
        mul     a6, a6, t0
        mul     a7, a7, t0
        add     \s0, \s0, a4
        add     \s1, \s1, a5
        add     \s2, \s2, a6
        add     \s3, \s3, a7
        .endm

        .macro  INPUT k
        lb      t0, \k(a1)
        FOUR    16 * \k, s0, s1, s2, s3
        FOUR    16 * \k + 4, s4, s5, s6, s7
        FOUR    16 * \k + 8, s8, s9, s10, s11
        FOUR    16 * \k + 12, t3, t4, t5, t6
        .endm

        .macro  INPUT_OF_EIGHT k
        lb      t0, \k(a1)
        FOUR    8 * \k, s0, s1, s2, s3
        FOUR    8 * \k + 4, s4, s5, s6, s7
        .endm

/* t1: where the loop is entered; a1 inputs and ra their end; a2 weights, `bytes` for an input. */
        .macro  ENTER bytes, at0, at1, at2, at3
        lw      t1, 52(sp)
        lw      a1, 56(sp)
        slli    t2, t1, \bytes / 8 + 2
        sub     a2, a2, t2
        add     ra, a1, a3
        beqz    t1, \at0
        addi    t1, t1, -2
        bltz    t1, \at1
        beqz    t1, \at2
        j       \at3
        .endm

        .macro  FINISH at, sum
        lw      a4, 12 * \at(a2)
        lw      a5, 12 * \at + 4(a2)
        lw      a6, 12 * \at + 8(a2)
        REQUANTIZE \sum, a4, a5, a6, a7
        sb      \sum, \at(a0)
        addi    t1, t1, -1
        beqz    t1, 5f
        .endm

FUNC stator_fully_connected_rv32im_row
        addi    sp, sp, -64
        .cfi_def_cfa_offset 64
        SAVE
        sw      a4, 60(sp)
        neg     t1, a3
        andi    t1, t1, UNROLL - 1      /* enter where what is left is a multiple of UNROLL */
        sw      t1, 52(sp)
        sub     a1, a1, t1
        sw      a1, 56(sp)
        add     a3, a3, t1
1:      lw      t1, 60(sp)
        addi    t1, t1, -8
        blez    t1, 4f
        lw      s0, 0(a2)
        lw      s1, 4(a2)
        lw      s2, 8(a2)
        lw      s3, 12(a2)
        lw      s4, 16(a2)
        lw      s5, 20(a2)
        lw      s6, 24(a2)
        lw      s7, 28(a2)
        lw      s8, 32(a2)
        lw      s9, 36(a2)
        lw      s10, 40(a2)
        lw      s11, 44(a2)
        lw      t3, 48(a2)
        lw      t4, 52(a2)
        lw      t5, 56(a2)
        lw      t6, 60(a2)
        addi    a2, a2, 64
        ENTER   16, 30f, 31f, 32f, 33f
30:     INPUT   0
31:     INPUT   1
32:     INPUT   2
33:     INPUT   3
        addi    a1, a1, UNROLL
        addi    a2, a2, 16 * UNROLL
        bne     a1, ra, 30b
3:      lw      t1, 60(sp)
        FINISH  0, s0
        FINISH  1, s1
        FINISH  2, s2
        FINISH  3, s3
        FINISH  4, s4
        FINISH  5, s5
        FINISH  6, s6
        FINISH  7, s7
        FINISH  8, s8
        FINISH  9, s9
        FINISH  10, s10
        FINISH  11, s11
        FINISH  12, t3
        FINISH  13, t4
        FINISH  14, t5
        FINISH  15, t6
        sw      t1, 60(sp)
        addi    a0, a0, 16
        addi    a2, a2, 192
        j       1b
4:      lw      s0, 0(a2)               /* the last eight units or fewer */
        lw      s1, 4(a2)
        lw      s2, 8(a2)
        lw      s3, 12(a2)
        lw      s4, 16(a2)
        lw      s5, 20(a2)
        lw      s6, 24(a2)
        lw      s7, 28(a2)
        addi    a2, a2, 32
        ENTER   8, 40f, 41f, 42f, 43f
40:     INPUT_OF_EIGHT 0
41:     INPUT_OF_EIGHT 1
42:     INPUT_OF_EIGHT 2
43:     INPUT_OF_EIGHT 3
        addi    a1, a1, UNROLL
        addi    a2, a2, 8 * UNROLL
        bne     a1, ra, 40b
        j       3b
5:      RESTORE
        addi    sp, sp, 64
        .cfi_def_cfa_offset 0
        ret
ENDFUNC stator_fully_connected_rv32im_row
