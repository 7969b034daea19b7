/* 4 pixels x 4 channels for CV32E40P with Xpulp; see conv2d_xpulp.h for the layouts. */
#include "common/xpulp.inc"

/* void stator_conv2d_xpulp_block(const struct stator_conv2d_block *block);     a0
 *
 * Clobbers ra, t0-t6, a0-a7, hardware loop 0. Per four bytes of the window: 8 loads, 16 sums of four products.
 * Tile: channel 0 s0-s3, channel 1 s4-s7, channel 2 s8-s11, channel 3 t3-t6 (pixels 0..3); a0-a3 places in the windows,
 * a4-a7 activations, t0 stream, t1, t2 weights, ra rows left.
 * Frame: 0 s0-s11, 48 ra, 52 block, 56 words of a row, 60 channels left, 64 bytes of a row behind its words, 68 from there to the next row.
 */
        .equ    STREAM, 0
        .equ    FROM, 4
        .equ    TO, 20
        .equ    CHANNELS, 36
        .equ    ROWS, 40
        .equ    ROW_BYTES, 44
        .equ    SKIP, 48
        .equ    POSITIVE, 52

        .macro  CHANNEL weight, s0, s1, s2, s3
        CV_SDOTSP_B \s0, a4, \weight
        CV_SDOTSP_B \s1, a5, \weight
        CV_SDOTSP_B \s2, a6, \weight
        CV_SDOTSP_B \s3, a7, \weight
        .endm

/* Sixteen sums of a4-a7 and the next four weights: 20 instructions. */
        .macro  CHANNELS4
        CV_LW   t1, t0, 4
        CV_LW   t2, t0, 4
        CHANNEL t1, s0, s1, s2, s3
        CV_LW   t1, t0, 4
        CHANNEL t2, s4, s5, s6, s7
        CV_LW   t2, t0, 4
        CHANNEL t1, s8, s9, s10, s11
        CHANNEL t2, t3, t4, t5, t6
        .endm

        .macro  BYTE activations, at, window
        lbu     t2, \at(\window)
        slli    t2, t2, 8 * \at
        or      \activations, \activations, t2
        .endm

        .macro  BIAS s0, s1, s2, s3
        CV_LW   \s0, t0, 4
        mv      \s1, \s0
        mv      \s2, \s0
        mv      \s3, \s0
        .endm

        .macro  FINISH requantize, s0, s1, s2, s3
        CV_LW   a4, t0, 4
        CV_LW   a5, t0, 4
        CV_LW   a6, t0, 4
        \requantize \s0, a4, a5, a6, t1
        CV_SB   \s0, a0, 1
        \requantize \s1, a4, a5, a6, t1
        CV_SB   \s1, a1, 1
        \requantize \s2, a4, a5, a6, t1
        CV_SB   \s2, a2, 1
        \requantize \s3, a4, a5, a6, t1
        CV_SB   \s3, a3, 1
        addi    a7, a7, -1
        beqz    a7, 5f
        .endm

        .macro  FINISH4 requantize
        FINISH  \requantize, s0, s1, s2, s3
        FINISH  \requantize, s4, s5, s6, s7
        FINISH  \requantize, s8, s9, s10, s11
        FINISH  \requantize, t3, t4, t5, t6
        sw      a7, 60(sp)
        j       1b
        .endm

FUNC stator_conv2d_xpulp_block
        addi    sp, sp, -80
        .cfi_def_cfa_offset 80
        SAVE
        sw      a0, 52(sp)
        lw      t1, ROW_BYTES(a0)
        lw      t2, SKIP(a0)
        srli    a1, t1, 2
        andi    t1, t1, 3
        sw      a1, 56(sp)
        add     t2, t2, t1
        sw      t1, 64(sp)
        sw      t2, 68(sp)
        lw      t1, CHANNELS(a0)
        sw      t1, 60(sp)
        lw      t0, STREAM(a0)
1:      lw      t1, 52(sp)
        BIAS    s0, s1, s2, s3
        BIAS    s4, s5, s6, s7
        BIAS    s8, s9, s10, s11
        BIAS    t3, t4, t5, t6
        lw      a0, FROM(t1)
        lw      a1, FROM + 4(t1)
        lw      a2, FROM + 8(t1)
        lw      a3, FROM + 12(t1)
        lw      ra, ROWS(t1)
2:      lw      t1, 56(sp)              /* a row */
        beqz    t1, 6f
        .balign 4
        CV_LOOP t1, 24
        CV_LW   a4, a0, 4
        CV_LW   a5, a1, 4
        CV_LW   a6, a2, 4
        CV_LW   a7, a3, 4
        CHANNELS4
6:      lw      t1, 64(sp)
        beqz    t1, 8f
        lbu     a4, 0(a0)               /* up to three bytes are left; none behind them is read */
        lbu     a5, 0(a1)
        lbu     a6, 0(a2)
        lbu     a7, 0(a3)
        addi    t1, t1, -1
        beqz    t1, 7f
        BYTE    a4, 1, a0
        BYTE    a5, 1, a1
        BYTE    a6, 1, a2
        BYTE    a7, 1, a3
        addi    t1, t1, -1
        beqz    t1, 7f
        BYTE    a4, 2, a0
        BYTE    a5, 2, a1
        BYTE    a6, 2, a2
        BYTE    a7, 2, a3
7:      CHANNELS4
8:      lw      t1, 68(sp)
        addi    ra, ra, -1
        add     a0, a0, t1
        add     a1, a1, t1
        add     a2, a2, t1
        add     a3, a3, t1
        bnez    ra, 2b
        lw      t1, 52(sp)
        lw      a7, 60(sp)              /* channels left */
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
        beqz    t1, 40f
        FINISH4 CV_REQUANTIZE_POSITIVE
40:     FINISH4 CV_REQUANTIZE
5:      RESTORE
        addi    sp, sp, 80
        .cfi_def_cfa_offset 0
        ret
ENDFUNC stator_conv2d_xpulp_block
