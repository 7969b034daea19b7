/* A pixel of depthwise convolution for RV32IM, four channels side by side; see depthwise_conv2d_rv32im.h for the layouts. */
#include "common/asm.h"

/* void stator_depthwise_conv2d_rv32im_pixel(const struct stator_depthwise_conv2d_pixel *pixel);     a0
 *
 * Clobbers t0-t6, a0-a7. Reads stream and window exactly.
 * Registers: s0-s3 sums; a0 window, a1 stream, a2 step, a3 end of the row in the stream; t0-t3 activations, a4-a7 weights; s4 output,
 * s5 channels left before the last group, s6 rows, s7 rows left, s8 bytes of a row in the stream, s9 next row, s10 window of these channels,
 * s11 positive.
 * Frame: 0 s0-s11, 48 ra.
 */
        .macro  TAP
        lb      t0, 0(a0)
        lb      a4, 0(a1)
        lb      t1, 1(a0)
        lb      a5, 1(a1)
        lb      t2, 2(a0)
        lb      a6, 2(a1)
        lb      t3, 3(a0)
        lb      a7, 3(a1)
        mul     t0, t0, a4
        mul     t1, t1, a5
        mul     t2, t2, a6
        mul     t3, t3, a7
        add     s0, s0, t0
        add     s1, s1, t1
        add     s2, s2, t2
        add     s3, s3, t3
        addi    a1, a1, 4
        add     a0, a0, a2
        .endm

        .macro  FINISH requantize, at, sum
        lw      a4, 12 * \at(a1)
        lw      a5, 12 * \at + 4(a1)
        lw      a6, 12 * \at + 8(a1)
        \requantize \sum, a4, a5, a6, a7, t6
        sb      \sum, \at(s4)
        .endm

FUNC stator_depthwise_conv2d_rv32im_pixel
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
        slli    s8, s8, 2
        addi    s5, s5, -4
1:      lw      s0, 0(a1)
        lw      s1, 4(a1)
        lw      s2, 8(a1)
        lw      s3, 12(a1)
        addi    a1, a1, 16
        mv      a0, s10
        mv      s7, s6
2:      add     a3, a1, s8
        andi    t0, s8, 4               /* an odd number of taps: enter in the middle */
        bnez    t0, 31f
30:     TAP
31:     TAP
        bne     a1, a3, 30b
        add     a0, a0, s9
        addi    s7, s7, -1
        bnez    s7, 2b
        li      t6, LIMIT
        beqz    s11, 6f
        FINISH  REQUANTIZE_POSITIVE, 0, s0
        FINISH  REQUANTIZE_POSITIVE, 1, s1
        FINISH  REQUANTIZE_POSITIVE, 2, s2
        FINISH  REQUANTIZE_POSITIVE, 3, s3
        j       7f
6:      FINISH  REQUANTIZE, 0, s0
        FINISH  REQUANTIZE, 1, s1
        FINISH  REQUANTIZE, 2, s2
        FINISH  REQUANTIZE, 3, s3
7:      beqz    s5, 5f
        addi    a1, a1, 48
        li      t0, 4
        bge     s5, t0, 4f
        mv      t0, s5
4:      add     s10, s10, t0
        add     s4, s4, t0
        sub     s5, s5, t0
        j       1b
5:      RESTORE
        addi    sp, sp, 64
        .cfi_def_cfa_offset 0
        ret
ENDFUNC stator_depthwise_conv2d_rv32im_pixel

/* void stator_depthwise_conv2d_rv32im_pixel3x3(const struct stator_depthwise_conv2d_pixel *pixel);     a0
 *
 * The same for three rows of three taps. Clobbers t0-t6, a0-a7. Reads stream and window exactly.
 * Registers: s0-s3 sums; a0, t4, t5 columns of the window, a1 stream, a2 step, a3 from row to row; t0-t3 activations, a4-a7 weights; s4 output,
 * s5 channels left before the last group, s10 window of these channels, s11 positive.
 * Frame: 0 s0-s11, 48 ra.
 */
        .macro  TAP3X3 column, at
        lb      t0, 0(\column)
        lb      a4, \at(a1)
        lb      t1, 1(\column)
        lb      a5, \at + 1(a1)
        lb      t2, 2(\column)
        lb      a6, \at + 2(a1)
        lb      t3, 3(\column)
        lb      a7, \at + 3(a1)
        mul     t0, t0, a4
        mul     t1, t1, a5
        mul     t2, t2, a6
        mul     t3, t3, a7
        add     s0, s0, t0
        add     s1, s1, t1
        add     s2, s2, t2
        add     s3, s3, t3
        .endm

        .macro  NEXT_ROW
        add     a0, a0, a3
        add     t4, t4, a3
        add     t5, t5, a3
        .endm

        .macro  FINISH3X3 requantize
        addi    a1, a1, 52
        FINISH  \requantize, 0, s0
        FINISH  \requantize, 1, s1
        FINISH  \requantize, 2, s2
        FINISH  \requantize, 3, s3
        addi    a1, a1, 48
        .endm

FUNC stator_depthwise_conv2d_rv32im_pixel3x3
        addi    sp, sp, -64
        .cfi_def_cfa_offset 64
        SAVE
        lw      a1, 0(a0)
        lw      s10, 4(a0)
        lw      s4, 8(a0)
        lw      s5, 12(a0)
        lw      a2, 24(a0)
        lw      a3, 28(a0)
        lw      s11, 32(a0)
        add     a3, a3, a2
        add     a3, a3, a2
        add     a3, a3, a2
        addi    s5, s5, -4
1:      lw      s0, 0(a1)
        lw      s1, 4(a1)
        lw      s2, 8(a1)
        lw      s3, 12(a1)
        mv      a0, s10
        add     t4, a0, a2
        add     t5, t4, a2
        TAP3X3  a0, 16
        TAP3X3  t4, 20
        TAP3X3  t5, 24
        NEXT_ROW
        TAP3X3  a0, 28
        TAP3X3  t4, 32
        TAP3X3  t5, 36
        NEXT_ROW
        TAP3X3  a0, 40
        TAP3X3  t4, 44
        TAP3X3  t5, 48
        li      t6, LIMIT
        beqz    s11, 6f
        FINISH3X3 REQUANTIZE_POSITIVE
        j       7f
6:      FINISH3X3 REQUANTIZE
7:      beqz    s5, 5f
        li      t0, 4
        bge     s5, t0, 4f
        mv      t0, s5
4:      add     s10, s10, t0
        add     s4, s4, t0
        sub     s5, s5, t0
        j       1b
5:      RESTORE
        addi    sp, sp, 64
        .cfi_def_cfa_offset 0
        ret
ENDFUNC stator_depthwise_conv2d_rv32im_pixel3x3
