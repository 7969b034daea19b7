/* A row of a matrix product for CV32E40P with Xpulp, eight units side by side; see fully_connected_xpulp.h for the layouts. */
#include "common/xpulp.inc"

/* void stator_fully_connected_xpulp_row(
 *     int8_t *out,             a0
 *     const int8_t *in,        a1
 *     const int32_t *stream,   a2
 *     int32_t depth,           a3
 *     int32_t units,           a4
 *     int32_t positive);       a5
 *
 * Clobbers t0-t6, a0-a7, hardware loop 0. Reads row and stream exactly. Per four inputs: 9 loads, 8 sums of four products.
 * Registers: t0-t6 a6 sums; a0 output, a1 row, a2 stream, a3 inputs behind the words, a4 units left, a7 inputs, s0 s1 weights, s2 place in
 * the row, s3 words. At the end of eight units: s1 units, s2 place in the sums, a7 sum, t0-t3.
 * Frame: 0 the sums, 32 s0-s3.
 */
        .macro  TWO     first, second, more
        CV_SDOTSP_B \first, a7, s0
        .if     \more
        CV_LW   s0, a2, 4
        .endif
        CV_SDOTSP_B \second, a7, s1
        .if     \more
        CV_LW   s1, a2, 4
        .endif
        .endm

/* Eight sums of a7 and the next eight weights: 16 instructions. */
        .macro  EIGHT
        CV_LW   s0, a2, 4
        CV_LW   s1, a2, 4
        TWO     t0, t1, 1
        TWO     t2, t3, 1
        TWO     t4, t5, 1
        TWO     t6, a6, 0
        .endm

        .macro  BYTE at
        lbu     s0, \at(s2)
        slli    s0, s0, 8 * \at
        or      a7, a7, s0
        .endm

/* s1 units: `instructions` are the requantize's. */
        .macro  FINISH requantize, instructions
        .balign 4
        CV_LOOP s1, \instructions + 5
        CV_LW   a7, s2, 4
        CV_LW   t0, a2, 4
        CV_LW   t1, a2, 4
        CV_LW   t2, a2, 4
        \requantize a7, t0, t1, t2, t3
        CV_SB   a7, a0, 1
        .endm

FUNC stator_fully_connected_xpulp_row
        addi    sp, sp, -48
        .cfi_def_cfa_offset 48
        .irp    n, 0, 1, 2, 3
        sw      s\n, 32 + 4 * \n(sp)
        .cfi_rel_offset s\n, 32 + 4 * \n
        .endr
        srli    s3, a3, 2
        andi    a3, a3, 3
1:      .irp    sum, t0, t1, t2, t3, t4, t5, t6, a6
        CV_LW   \sum, a2, 4
        .endr
        mv      s2, a1
        beqz    s3, 2f
        .balign 4
        CV_LOOP s3, 17
        CV_LW   a7, s2, 4
        EIGHT
2:      beqz    a3, 4f
        lbu     a7, 0(s2)               /* up to three bytes are left; none behind them is read */
        addi    s1, a3, -1
        beqz    s1, 3f
        BYTE    1
        addi    s1, a3, -2
        beqz    s1, 3f
        BYTE    2
3:      EIGHT
4:      sw      t0, 0(sp)
        sw      t1, 4(sp)
        sw      t2, 8(sp)
        sw      t3, 12(sp)
        sw      t4, 16(sp)
        sw      t5, 20(sp)
        sw      t6, 24(sp)
        sw      a6, 28(sp)
        mv      s2, sp
        li      s1, 8
        bge     a4, s1, 5f
        mv      s1, a4
5:      addi    a4, a4, -8
        beqz    a5, 6f
        FINISH  CV_REQUANTIZE_POSITIVE, 5
        j       7f
6:      FINISH  CV_REQUANTIZE, 8
7:      bgtz    a4, 1b
        .irp    n, 0, 1, 2, 3
        lw      s\n, 32 + 4 * \n(sp)
        .endr
        addi    sp, sp, 48
        .cfi_def_cfa_offset 0
        ret
ENDFUNC stator_fully_connected_xpulp_row
