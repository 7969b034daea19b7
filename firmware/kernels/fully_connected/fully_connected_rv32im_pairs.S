/* A row of a matrix product with INT4 weights for RV32IM, two products per multiplication; see fully_connected_rv32im_pairs.h. */
#include "common/asm.h"

/* void stator_fully_connected_rv32im_pairs_row(
 *     int8_t *out,             a0
 *     const int8_t *in,        a1
 *     const int32_t *stream,   a2
 *     int32_t depth,           a3
 *     int32_t units,           a4
 *     int32_t more);           a5
 *
 * Clobbers ra, t0-t6, a0-a7. Reads row and stream exactly. Per input of eight units: 2 loads, 7 to take weights apart, 4 products, 4 sums.
 * Registers: s0-s7 sums; s8-s11 sums of pairs (units k and 4 + k); a0 output, a1 inputs, a2 stream, a3 end of the inputs, a4 units left,
 * a6 where up to sixteen inputs end, a7 eight before that, t0 input, t1 word, t2 product; t3 0x000f000f, t4 0xffff, t5 0x8000.
 * Frame: 0 s0-s11, 48 ra, 52 inputs.
 */
        .equ    UNROLL, 8
        .equ    CHUNK, 16               /* inputs: 16 * 15 * 128 is below 2^15 */

        .macro  PAIR sum
        and     t2, t1, t3
        .ifnc   \sum, s11
        srli    t1, t1, 4
        .endif
        mul     t2, t2, t0
        add     \sum, \sum, t2
        .endm

        .macro  INPUT k
        lw      t1, 4 * \k(a2)
        lb      t0, \k(a1)
        PAIR    s8
        PAIR    s9
        PAIR    s10
        PAIR    s11
        .endm

        .macro  BIAS k
        lw      s\k, 4 * \k(a2)
        add     s\k, s\k, a5
        .endm

        .macro  APART sum, low, high
        and     t2, \sum, t4
        srai    \sum, \sum, 16
        add     \low, \low, t2
        add     \high, \high, \sum
        .endm

        .macro  FINISH k
        lw      t0, 12 * \k(a2)
        lw      t1, 12 * \k + 4(a2)
        lw      t2, 12 * \k + 8(a2)
        REQUANTIZE s\k, t0, t1, t2, t6
        sb      s\k, \k(a0)
        addi    a4, a4, -1
        beqz    a4, 9f
        .endm

FUNC stator_fully_connected_rv32im_pairs_row
        addi    sp, sp, -64
        .cfi_def_cfa_offset 64
        SAVE
        sw      a1, 52(sp)
        add     a3, a3, a1
        li      t3, 0x000f000f
        li      t4, 0xffff
        li      t5, 0x8000
1:      .irp    k, 0, 1, 2, 3, 4, 5, 6, 7
        BIAS    \k
        .endr
        addi    a2, a2, 32
        lw      a1, 52(sp)
2:      mv      s8, t5                  /* up to sixteen inputs */
        mv      s9, t5
        mv      s10, t5
        mv      s11, t5
        addi    a6, a1, CHUNK
        bgeu    a3, a6, 3f
        mv      a6, a3
3:      addi    a7, a6, -UNROLL
        bltu    a7, a1, 5f
4:      INPUT   0
        INPUT   1
        INPUT   2
        INPUT   3
        INPUT   4
        INPUT   5
        INPUT   6
        INPUT   7
        addi    a1, a1, UNROLL
        addi    a2, a2, 4 * UNROLL
        bgeu    a7, a1, 4b
5:      beq     a1, a6, 7f
6:      INPUT   0
        addi    a1, a1, 1
        addi    a2, a2, 4
        bne     a1, a6, 6b
7:      APART   s8, s0, s4
        APART   s9, s1, s5
        APART   s10, s2, s6
        APART   s11, s3, s7
        bne     a1, a3, 2b
        .irp    k, 0, 1, 2, 3, 4, 5, 6, 7
        FINISH  \k
        .endr
        addi    a0, a0, 8
        addi    a2, a2, 96
        j       1b
9:      RESTORE
        addi    sp, sp, 64
        .cfi_def_cfa_offset 0
        ret
ENDFUNC stator_fully_connected_rv32im_pairs_row
