/* 4 pixels x 4 channels for RV32IM; see conv2d_rv32im.h for the layouts. */
#include "common/asm.h"

/* void stator_conv2d_rv32im_block(const struct stator_conv2d_block *block);     a0
 *
 * Clobbers ra, t0-t6, a0-a7. Reads stream and windows exactly. Per byte of the window: 8 loads, 16 products, 16 sums.
 * Tile: channel 0 s0-s3, channel 1 s4-s7, channel 2 s8-s11, channel 3 t3-t6 (pixels 0..3); a0-a3 places in the windows,
 * a4-a7 activations, t0 stream, t1 weight, t2 product, ra end of the row.
 * Frame: 0 s0-s11, 48 ra, 52 block, 56 rows left, 60 channels left,
 * 64 bytes back from a row's start to where the loop is entered.
 */
        .equ    STREAM, 0
        .equ    FROM, 4
        .equ    TO, 20
        .equ    CHANNELS, 36
        .equ    ROWS, 40
        .equ    ROW_BYTES, 44
        .equ    SKIP, 48
        .equ    POSITIVE, 52
        .equ    UNROLL, 8               /* bytes of the window per turn of the loop */

        .macro  CHANNEL weight, next, s0, s1, s2, s3
        mul     t2, a4, t1
        add     \s0, \s0, t2
        mul     t2, a5, t1
        add     \s1, \s1, t2
        mul     t2, a6, t1
        add     \s2, \s2, t2
        mul     t2, a7, t1
        .if     \next
        lb      t1, \weight + 1(t0)     /* a clock before it is needed */
        .endif
        add     \s3, \s3, t2
        .endm

        .macro  TAP k
        lb      t1, 4 * \k(t0)
        lb      a4, \k(a0)
        lb      a5, \k(a1)
        lb      a6, \k(a2)
        lb      a7, \k(a3)
        CHANNEL 4 * \k, 1, s0, s1, s2, s3
        CHANNEL 4 * \k + 1, 1, s4, s5, s6, s7
        CHANNEL 4 * \k + 2, 1, s8, s9, s10, s11
        CHANNEL 4 * \k + 3, 0, t3, t4, t5, t6
        .endm

        .macro  BIAS at, s0, s1, s2, s3
        lw      \s0, \at(t0)
        mv      \s1, \s0
        mv      \s2, \s0
        mv      \s3, \s0
        .endm

        .macro  FINISH requantize, at, s0, s1, s2, s3
        lw      a4, 12 * \at(t0)
        lw      a5, 12 * \at + 4(t0)
        lw      a6, 12 * \at + 8(t0)
        \requantize \s0, a4, a5, a6, t1, t2
        sb      \s0, \at(a0)
        \requantize \s1, a4, a5, a6, t1, t2
        sb      \s1, \at(a1)
        \requantize \s2, a4, a5, a6, t1, t2
        sb      \s2, \at(a2)
        \requantize \s3, a4, a5, a6, t1, t2
        sb      \s3, \at(a3)
        addi    a7, a7, -1
        beqz    a7, 5f
        .endm

        .macro  FINISH4 requantize
        FINISH  \requantize, 0, s0, s1, s2, s3
        FINISH  \requantize, 1, s4, s5, s6, s7
        FINISH  \requantize, 2, s8, s9, s10, s11
        FINISH  \requantize, 3, t3, t4, t5, t6
        sw      a7, 60(sp)
        addi    t0, t0, 48
        j       1b
        .endm

FUNC stator_conv2d_rv32im_block
        addi    sp, sp, -80
        .cfi_def_cfa_offset 80
        SAVE
        sw      a0, 52(sp)
        lw      t1, ROW_BYTES(a0)       /* enter where what is left is a multiple of UNROLL */
        neg     t1, t1
        andi    t1, t1, UNROLL - 1
        sw      t1, 64(sp)
        lw      t1, CHANNELS(a0)
        sw      t1, 60(sp)
        lw      t0, STREAM(a0)
1:      BIAS    0, s0, s1, s2, s3
        BIAS    4, s4, s5, s6, s7
        BIAS    8, s8, s9, s10, s11
        BIAS    12, t3, t4, t5, t6
        addi    t0, t0, 16
        lw      t1, 52(sp)
        lw      t2, ROWS(t1)
        sw      t2, 56(sp)
        lw      a0, FROM(t1)
        lw      a1, FROM + 4(t1)
        lw      a2, FROM + 8(t1)
        lw      a3, FROM + 12(t1)
2:      lw      t2, ROW_BYTES(t1)       /* a row */
        add     ra, a0, t2
        lw      t2, 64(sp)
        beqz    t2, 30f
        sub     a0, a0, t2
        sub     a1, a1, t2
        sub     a2, a2, t2
        sub     a3, a3, t2
        slli    t1, t2, 2
        sub     t0, t0, t1
        addi    t2, t2, -4              /* to 30 + t2 */
        bltz    t2, 7f
        beqz    t2, 34f
        addi    t2, t2, -2
        bltz    t2, 35f
        beqz    t2, 36f
        j       37f
7:      addi    t2, t2, 2
        bltz    t2, 31f
        beqz    t2, 32f
        j       33f
30:     TAP     0
31:     TAP     1
32:     TAP     2
33:     TAP     3
34:     TAP     4
35:     TAP     5
36:     TAP     6
37:     TAP     7
        addi    a0, a0, UNROLL
        addi    a1, a1, UNROLL
        addi    a2, a2, UNROLL
        addi    a3, a3, UNROLL
        addi    t0, t0, 4 * UNROLL
        bne     a0, ra, 30b
        lw      t2, 56(sp)
        lw      t1, 52(sp)
        addi    t2, t2, -1
        sw      t2, 56(sp)
        beqz    t2, 4f
        lw      t2, SKIP(t1)
        add     a0, a0, t2
        add     a1, a1, t2
        add     a2, a2, t2
        add     a3, a3, t2
        j       2b
4:      lw      a7, 60(sp)              /* channels left */
        lw      a4, CHANNELS(t1)
        sub     a4, a4, a7
        lw      a0, TO(t1)
        lw      a1, TO + 4(t1)
        lw      a2, TO + 8(t1)
        lw      a3, TO + 12(t1)
        add     a0, a0, a4
        add     a1, a1, a4
        add     a2, a2, a4
        add     a3, a3, a4
        lw      t1, POSITIVE(t1)
        li      t2, LIMIT
        beqz    t1, 40f
        FINISH4 REQUANTIZE_POSITIVE
40:     FINISH4 REQUANTIZE
5:      RESTORE
        addi    sp, sp, 80
        .cfi_def_cfa_offset 0
        ret
ENDFUNC stator_conv2d_rv32im_block

/* void stator_conv2d_rv32im_pixel(const struct stator_conv2d_block *block);     a0
 *
 * Clobbers t0-t6, a1-a7. Reads stream and window exactly. Per byte of the window: 5 loads, 4 products, 4 sums.
 * Registers: t3-t6 sums; a1 place in the window, a2 end of the row, a3 rows left, a4-a7 weights and products, t0 stream, t1 activation,
 * t2 channels left; s0 output, s1 bytes of a row, s2 skip, s3 bytes back from a row's start to where the loop is entered.
 * Frame: 0 s0-s3.
 */
        .equ    UNROLL1, 4

        .macro  TAP1 k
        lb      t1, \k(a1)
        lb      a4, 4 * \k(t0)
        lb      a5, 4 * \k + 1(t0)
        lb      a6, 4 * \k + 2(t0)
        lb      a7, 4 * \k + 3(t0)
        mul     a4, a4, t1
        mul     a5, a5, t1
        mul     a6, a6, t1
        mul     a7, a7, t1
        add     t3, t3, a4
        add     t4, t4, a5
        add     t5, t5, a6
        add     t6, t6, a7
        .endm

        .macro  FINISH1 requantize, at, sum
        lw      a4, 12 * \at(t0)
        lw      a5, 12 * \at + 4(t0)
        lw      a6, 12 * \at + 8(t0)
        \requantize \sum, a4, a5, a6, a7, a1
        sb      \sum, \at(s0)
        addi    t2, t2, -1
        beqz    t2, 5f
        .endm

FUNC stator_conv2d_rv32im_pixel
        addi    sp, sp, -32
        .cfi_def_cfa_offset 32
        .irp    n, 0, 1, 2, 3
        sw      s\n, 4 * \n(sp)
        .cfi_rel_offset s\n, 4 * \n
        .endr
        lw      t0, STREAM(a0)
        lw      s0, TO(a0)
        lw      s1, ROW_BYTES(a0)
        lw      s2, SKIP(a0)
        lw      t2, CHANNELS(a0)
        neg     s3, s1
        andi    s3, s3, UNROLL1 - 1
1:      lw      t3, 0(t0)
        lw      t4, 4(t0)
        lw      t5, 8(t0)
        lw      t6, 12(t0)
        addi    t0, t0, 16
        lw      a1, FROM(a0)
        lw      a3, ROWS(a0)
2:      add     a2, a1, s1              /* a row */
        beqz    s3, 30f
        sub     a1, a1, s3
        slli    t1, s3, 2
        sub     t0, t0, t1
        addi    t1, s3, -2
        bltz    t1, 31f
        beqz    t1, 32f
        j       33f
30:     TAP1    0
31:     TAP1    1
32:     TAP1    2
33:     TAP1    3
        addi    a1, a1, UNROLL1
        addi    t0, t0, 4 * UNROLL1
        bne     a1, a2, 30b
        add     a1, a1, s2
        addi    a3, a3, -1
        bnez    a3, 2b
        lw      a2, POSITIVE(a0)
        li      a1, LIMIT
        beqz    a2, 4f
        FINISH1 REQUANTIZE_POSITIVE, 0, t3
        FINISH1 REQUANTIZE_POSITIVE, 1, t4
        FINISH1 REQUANTIZE_POSITIVE, 2, t5
        FINISH1 REQUANTIZE_POSITIVE, 3, t6
        j       6f
4:      FINISH1 REQUANTIZE, 0, t3
        FINISH1 REQUANTIZE, 1, t4
        FINISH1 REQUANTIZE, 2, t5
        FINISH1 REQUANTIZE, 3, t6
6:      addi    t0, t0, 48
        addi    s0, s0, 4
        j       1b
5:      .irp    n, 0, 1, 2, 3
        lw      s\n, 4 * \n(sp)
        .endr
        addi    sp, sp, 32
        .cfi_def_cfa_offset 0
        ret
ENDFUNC stator_conv2d_rv32im_pixel
