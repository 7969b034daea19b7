/* A pixel of depthwise convolution for CV32E40P with Xpulp, four channels side by side; see depthwise_conv2d_xpulp.h for the layouts. */
#include "common/xpulp.inc"

/* void stator_depthwise_conv2d_xpulp_pixel(const struct stator_depthwise_conv2d_pixel *pixel);     a0
 *
 * Clobbers t0-t6, a0-a7, hardware loop 0. Reads stream and window exactly. Four taps of four channels are a square of bytes: it is
 * turned over, and then each channel has its four taps in a word.
 * Registers: s0-s3 sums; a0 window, a1 stream, a2 step; t0-t3 taps, t4, t5 taps turned over, a4-a7 weights; s4 output, s5 channels left
 * before the last group, s6 rows, s7 fours of a row, s8 taps of a row behind them, s9 next row, s10 window of these channels, s11 positive,
 * t6 rows left, a3 and ra how bytes of two taps are mixed.
 * Frame: 0 s0-s11, 48 ra.
 */
        .equ    LOW, 0x05010400         /* of two words a, b: a0, b0, a1, b1 */
        .equ    HIGH, 0x07030602        /* a2, b2, a3, b3 */

        .macro  NEXT_TAP rd             /* *(a0 then += a2) */
        .insn   r 0x2b, 3, 0x02, \rd, a0, a2
        .endm

        .macro  SUMS                    /* 18 instructions */
        CV_LW   a4, a1, 4
        CV_LW   a5, a1, 4
        CV_LW   a6, a1, 4
        CV_LW   a7, a1, 4
        mv      t4, t0
        mv      t5, t2
        CV_SHUFFLE2_B t4, t1, a3
        CV_SHUFFLE2_B t5, t3, a3
        CV_SHUFFLE2_B t0, t1, ra
        CV_SHUFFLE2_B t2, t3, ra
        CV_PACK t1, t5, t4
        CV_PACK_H t3, t5, t4
        CV_PACK t4, t2, t0
        CV_PACK_H t5, t2, t0
        CV_SDOTSP_B s0, t1, a4
        CV_SDOTSP_B s1, t3, a5
        CV_SDOTSP_B s2, t4, a6
        CV_SDOTSP_B s3, t5, a7
        .endm

        .macro  FINISH requantize, sum
        CV_LW   a4, a1, 4
        CV_LW   a5, a1, 4
        CV_LW   a6, a1, 4
        \requantize \sum, a4, a5, a6, a7
        CV_SB   \sum, s4, 1
        .endm

        .macro  FINISH4 requantize
        FINISH  \requantize, s0
        FINISH  \requantize, s1
        FINISH  \requantize, s2
        FINISH  \requantize, s3
        .endm

FUNC stator_depthwise_conv2d_xpulp_pixel
        addi    sp, sp, -64
        .cfi_def_cfa_offset 64
        SAVE
        lw      a1, 0(a0)
        lw      s10, 4(a0)
        lw      s4, 8(a0)
        lw      s5, 12(a0)
        lw      s6, 16(a0)
        lw      s8, 20(a0)
        lw      a2, 24(a0)
        lw      s9, 28(a0)
        lw      s11, 32(a0)
        srli    s7, s8, 2
        andi    s8, s8, 3
        li      a3, LOW
        li      ra, HIGH
        addi    s5, s5, -4
1:      CV_LW   s0, a1, 4
        CV_LW   s1, a1, 4
        CV_LW   s2, a1, 4
        CV_LW   s3, a1, 4
        mv      a0, s10
        mv      t6, s6
2:      beqz    s7, 3f                  /* a row */
        .balign 4
        CV_LOOP s7, 22
        NEXT_TAP t0
        NEXT_TAP t1
        NEXT_TAP t2
        NEXT_TAP t3
        SUMS
3:      beqz    s8, 5f
        NEXT_TAP t0
        addi    t5, s8, -1              /* what stays in t1 to t3 meets weights of 0 */
        beqz    t5, 4f
        NEXT_TAP t1
        addi    t5, t5, -1
        beqz    t5, 4f
        NEXT_TAP t2
4:      SUMS
5:      add     a0, a0, s9
        addi    t6, t6, -1
        bnez    t6, 2b
        beqz    s11, 6f
        FINISH4 CV_REQUANTIZE_POSITIVE
        j       7f
6:      FINISH4 CV_REQUANTIZE
7:      beqz    s5, 9f
        li      t0, 4
        bge     s5, t0, 8f
        addi    t1, s5, -4              /* the last group lies over the one before */
        add     s4, s4, t1
        mv      t0, s5
8:      add     s10, s10, t0
        sub     s5, s5, t0
        j       1b
9:      RESTORE
        addi    sp, sp, 64
        .cfi_def_cfa_offset 0
        ret
ENDFUNC stator_depthwise_conv2d_xpulp_pixel
