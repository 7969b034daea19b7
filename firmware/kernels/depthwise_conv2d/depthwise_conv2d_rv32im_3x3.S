/* A line of depthwise 3x3 for RV32IM; see depthwise_conv2d_rv32im_3x3.h for the layouts. */
#include "common/asm.h"

/* void stator_depthwise_conv2d_rv32im_line(const struct stator_depthwise_conv2d_line *line);     a0
 *
 * Clobbers ra, t0-t6, a0-a7. Each column of the three lines is read once and goes into three sums: of the pixel it is the last tap
 * of, of the one it is in the middle of, and of the one that it begins. Reads lines exactly, their end points included.
 * Registers: s0-s8 weights (column by column), s9 bias, s10 end, s11 positive, then LIMIT; a0-a2 lines, a3 output, a4 its step, a5-a7 requantize;
 * t0-t2 a column, t3-t5 sums, t6 product.
 * Frame: 0 s0-s11, 48 ra.
 */
        .macro  BEGIN sum               /* first taps */
        mul     \sum, s0, t0
        mul     t6, s1, t1
        add     \sum, \sum, s9
        add     \sum, \sum, t6
        mul     t6, s2, t2
        add     \sum, \sum, t6
        .endm

        .macro  GO_ON sum, w0, w1, w2
        mul     t6, \w0, t0
        add     \sum, \sum, t6
        mul     t6, \w1, t1
        add     \sum, \sum, t6
        mul     t6, \w2, t2
        add     \sum, \sum, t6
        .endm

        .macro  COLUMN ahead, at
        lb      t0, \ahead(a0)
        lb      t1, \at(a1)
        lb      t2, \at(a2)
        .endm

        .macro  PIXEL requantize, at, begun, middle, last   /* a0 goes on with every pixel, a1 and a2 with every third */
        COLUMN  2, \at
        GO_ON   \last, s6, s7, s8
        GO_ON   \middle, s3, s4, s5
        BEGIN   \begun
        \requantize \last, a5, a6, a7, t6, s11
        sb      \last, 0(a3)
        add     a3, a3, a4
        .endm

        .macro  PIXELS requantize
1:      PIXEL   \requantize, 2, t5, t4, t3
        addi    a0, a0, 1
        beq     a0, s10, 2f
        PIXEL   \requantize, 3, t3, t5, t4
        addi    a0, a0, 1
        beq     a0, s10, 2f
        PIXEL   \requantize, 4, t4, t3, t5
        addi    a0, a0, 1
        addi    a1, a1, 3
        addi    a2, a2, 3
        bne     a0, s10, 1b
        j       2f
        .endm

FUNC stator_depthwise_conv2d_rv32im_line
        addi    sp, sp, -64
        .cfi_def_cfa_offset 64
        SAVE
        lw      t0, 24(a0)
        lw      s11, 28(a0)
        lw      s10, 20(a0)
        lw      a4, 16(a0)
        lw      a3, 12(a0)
        lw      a2, 8(a0)
        lw      a1, 4(a0)
        lw      a0, 0(a0)
        lw      s9, 0(t0)
        lw      a5, 4(t0)
        lw      a6, 8(t0)
        lw      a7, 12(t0)
        .irp    n, 0, 1, 2, 3, 4, 5, 6, 7, 8
        lb      s\n, 16 + \n(t0)
        .endr
        COLUMN  0, 0
        BEGIN   t3
        COLUMN  1, 1
        GO_ON   t3, s3, s4, s5
        BEGIN   t4
        beqz    s11, 3f
        li      s11, LIMIT
        PIXELS  REQUANTIZE_POSITIVE
3:      PIXELS  REQUANTIZE
2:      RESTORE
        addi    sp, sp, 64
        ret
ENDFUNC stator_depthwise_conv2d_rv32im_line

/* void stator_depthwise_conv2d_rv32im_gather(
 *     int8_t *to,          a0
 *     const int8_t *from,  a1
 *     int32_t step,        a2
 *     int32_t count);      a3
 *
 * Clobbers t0, a0, a1, a3-a7. Over-read: none.
 */
FUNC stator_depthwise_conv2d_rv32im_gather
        add     a3, a3, a0
        addi    t0, a3, -3
        bgeu    a0, t0, 2f
1:      lb      a4, 0(a1)
        add     a1, a1, a2
        lb      a5, 0(a1)
        add     a1, a1, a2
        lb      a6, 0(a1)
        add     a1, a1, a2
        lb      a7, 0(a1)
        add     a1, a1, a2
        sb      a4, 0(a0)
        sb      a5, 1(a0)
        sb      a6, 2(a0)
        sb      a7, 3(a0)
        addi    a0, a0, 4
        bltu    a0, t0, 1b
        beq     a0, a3, 3f
2:      lb      a4, 0(a1)
        add     a1, a1, a2
        sb      a4, 0(a0)
        addi    a0, a0, 1
        bne     a0, a3, 2b
3:      ret
ENDFUNC stator_depthwise_conv2d_rv32im_gather
