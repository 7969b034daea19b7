/* 8 pixels x 4 channels for RV32IM with INT4 weights, two products per multiplication; see conv2d_rv32im_8x4.h for the layouts. */
#include "common/asm.h"

/* void stator_conv2d_rv32im_8x4_block(struct stator_conv2d_rv32im_8x4 *block);     a0
 *
 * Clobbers ra, t0-t6, a0-a7. Reads stream and taps exactly. Per tap: 4 loads, 7 or 8 shifts, 16 products, 16 sums; per eight taps four
 * words of weights.
 * Tile: sums of pixels 0 and 1, 2 and 3, 4 and 5, 6 and 7: channel 0 s0-s3, channel 1 s4-s7, channel 2 s8-s11, channel 3 t3-t6.
 * a0-a3 weights of the channels, a4-a7 taps, t0 place in the taps, t1 weight, t2 product, ra stream.
 * Frame: 0 s0-s11, 48 ra, 52 block, 56 channels left, 60 end of the chunk, 64 biases, 80 sums of the chunks before: 4 channels x 8
 * pixels. Sums behind the products' are four times what they say.
 */
        .equ    STREAM, 0
        .equ    TAPS, 4
        .equ    END, 8
        .equ    CHUNK, 12
        .equ    CHANNELS, 16
        .equ    POSITIVE, 20
        .equ    TO, 24
        .equ    BIAS, 64
        .equ    SUMS, 80
        .equ    FRAME, 208

        .macro  CHANNEL k, weights, s0, s1, s2, s3
        .if     \k < 7
        slli    t1, \weights, 28 - 4 * \k
        srai    t1, t1, 28
        .else
        srai    t1, \weights, 28
        .endif
        mul     t2, a4, t1
        add     \s0, \s0, t2
        mul     t2, a5, t1
        add     \s1, \s1, t2
        mul     t2, a6, t1
        add     \s2, \s2, t2
        mul     t2, a7, t1
        add     \s3, \s3, t2
        .endm

        .macro  TAP k
        lw      a4, 16 * \k(t0)
        lw      a5, 16 * \k + 4(t0)
        lw      a6, 16 * \k + 8(t0)
        lw      a7, 16 * \k + 12(t0)
        CHANNEL \k, a0, s0, s1, s2, s3
        CHANNEL \k, a1, s4, s5, s6, s7
        CHANNEL \k, a2, s8, s9, s10, s11
        CHANNEL \k, a3, t3, t4, t5, t6
        .endm

/* low, high = four times the halves of high */
        .macro  HALVES high, low
        slli    \low, \high, 16
        srai    \low, \low, 16
        sub     \high, \high, \low
        srai    \high, \high, 14
        slli    \low, \low, 2
        .endm

/* Adds a sum's halves to the sums so far. */
        .macro  DRAIN1 at, sum
        HALVES  \sum, a0
        lw      a1, SUMS + \at(sp)
        lw      a2, SUMS + \at + 4(sp)
        add     a0, a0, a1
        add     \sum, \sum, a2
        sw      a0, SUMS + \at(sp)
        sw      \sum, SUMS + \at + 4(sp)
        .endm

        .macro  DRAIN at, s0, s1, s2, s3
        DRAIN1  \at, \s0
        DRAIN1  \at + 8, \s1
        DRAIN1  \at + 16, \s2
        DRAIN1  \at + 24, \s3
        .endm

/* Of channel c, two pixels: t0 block, a0 bias, a3 limit, t2 not 0 where there are sums so far. */
        .macro  FINISH1 requantize, c, pixel, sum
        HALVES  \sum, a1
        add     a1, a1, a0
        add     \sum, \sum, a0
        beqz    t2, 9f
        lw      a2, SUMS + 32 * \c + 4 * \pixel(sp)
        add     a1, a1, a2
        lw      a2, SUMS + 32 * \c + 4 * \pixel + 4(sp)
        add     \sum, \sum, a2
9:      lw      a2, TO + 4 * \pixel(t0)
        \requantize a1, a4, a5, a6, t1, a3
        sb      a1, \c(a2)
        lw      a2, TO + 4 * \pixel + 4(t0)
        \requantize \sum, a4, a5, a6, t1, a3
        sb      \sum, \c(a2)
        .endm

        .macro  FINISH requantize, c, s0, s1, s2, s3
        lw      a0, BIAS + 4 * \c(sp)
        lw      a4, 12 * \c(ra)
        lw      a5, 12 * \c + 4(ra)
        lw      a6, 12 * \c + 8(ra)
        FINISH1 \requantize, \c, 0, \s0
        FINISH1 \requantize, \c, 2, \s1
        FINISH1 \requantize, \c, 4, \s2
        FINISH1 \requantize, \c, 6, \s3
        addi    a7, a7, -1
        beqz    a7, 8f
        .endm

        .macro  FINISH4 requantize
        FINISH  \requantize, 0, s0, s1, s2, s3
        FINISH  \requantize, 1, s4, s5, s6, s7
        FINISH  \requantize, 2, s8, s9, s10, s11
        FINISH  \requantize, 3, t3, t4, t5, t6
        j       7f
        .endm

FUNC stator_conv2d_rv32im_8x4_block
        addi    sp, sp, -FRAME
        .cfi_def_cfa_offset FRAME
        SAVE
        sw      a0, 52(sp)
        lw      ra, STREAM(a0)
        lw      t1, CHANNELS(a0)
        sw      t1, 56(sp)
1:      .irp    c, 0, 1, 2, 3
        lw      t1, 4 * \c(ra)
        sw      t1, BIAS + 4 * \c(sp)
        .endr
        addi    ra, ra, 16
        lw      t1, 52(sp)
        lw      t0, TAPS(t1)
        lw      t2, CHUNK(t1)
        lw      t1, END(t1)
        add     t2, t2, t0
        bgeu    t2, t1, 22f             /* one chunk: there will be no sums before it */
        .irp    at, 0, 4, 8, 12, 16, 20, 24, 28
        .irp    c, 0, 32, 64, 96
        sw      zero, SUMS + \c + \at(sp)
        .endr
        .endr
        lw      t1, 52(sp)
2:      lw      t2, CHUNK(t1)           /* a chunk */
        lw      t1, END(t1)
        add     t2, t2, t0
        bgeu    t1, t2, 3f
22:     mv      t2, t1
3:      sw      t2, 60(sp)
        .irp    r, s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11, t3, t4, t5, t6
        li      \r, 0
        .endr
4:      lw      a0, 0(ra)               /* eight taps */
        lw      a1, 4(ra)
        lw      a2, 8(ra)
        lw      a3, 12(ra)
        addi    ra, ra, 16
        TAP     0
        TAP     1
        TAP     2
        TAP     3
        TAP     4
        TAP     5
        TAP     6
        TAP     7
        lw      t1, 60(sp)
        addi    t0, t0, 128
        bne     t0, t1, 4b
        lw      t1, 52(sp)
        lw      t2, END(t1)
        beq     t0, t2, 5f
        DRAIN   0, s0, s1, s2, s3
        DRAIN   32, s4, s5, s6, s7
        DRAIN   64, s8, s9, s10, s11
        DRAIN   96, t3, t4, t5, t6
        j       2b
5:      lw      t2, TAPS(t1)
        lw      a0, CHUNK(t1)
        add     t2, t2, a0
        sltu    t2, t2, t0              /* whether there was more than one chunk */
        mv      t0, t1
        lw      a7, 56(sp)              /* channels left */
        li      a3, LIMIT
        lw      t1, POSITIVE(t0)
        beqz    t1, 6f
        FINISH4 REQUANTIZE_POSITIVE_QUADRUPLED
6:      FINISH4 REQUANTIZE_QUADRUPLED
7:      sw      a7, 56(sp)
        .irp    pixel, 0, 1, 2, 3, 4, 5, 6, 7
        lw      a0, TO + 4 * \pixel(t0)
        addi    a0, a0, 4
        sw      a0, TO + 4 * \pixel(t0)
        .endr
        addi    ra, ra, 48
        j       1b
8:      RESTORE
        addi    sp, sp, FRAME
        .cfi_def_cfa_offset 0
        ret
ENDFUNC stator_conv2d_rv32im_8x4_block

/* void stator_conv2d_rv32im_8x4_pack(
 *     uint32_t *to,                a0
 *     const int8_t *const from[8], a1
 *     int32_t count);              a2
 *
 * Clobbers t0-t6, a0-a7. Reads the taps exactly. Registers: a3-a7 t3-t5 the pixels.
 */
        .macro  PAIR k, word, first, second
        lb      t0, \k(\first)
        lb      t1, \k(\second)
        slli    t1, t1, 16
        add     t0, t0, t1
        sw      t0, 16 * \k + 4 * \word(a0)
        .endm

        .macro  PACK k
        PAIR    \k, 0, a3, a4
        PAIR    \k, 1, a5, a6
        PAIR    \k, 2, a7, t3
        PAIR    \k, 3, t4, t5
        .endm

        .macro  ADVANCE by
        addi    a0, a0, 16 * \by
        .irp    r, a3, a4, a5, a6, a7, t3, t4, t5
        addi    \r, \r, \by
        .endr
        .endm

FUNC stator_conv2d_rv32im_8x4_pack
        lw      a3, 0(a1)
        lw      a4, 4(a1)
        lw      a5, 8(a1)
        lw      a6, 12(a1)
        lw      a7, 16(a1)
        lw      t3, 20(a1)
        lw      t4, 24(a1)
        lw      t5, 28(a1)
        addi    a2, a2, -4
        bltz    a2, 2f
1:      PACK    0
        PACK    1
        PACK    2
        PACK    3
        ADVANCE 4
        addi    a2, a2, -4
        bgez    a2, 1b
2:      addi    a2, a2, 4
        beqz    a2, 4f
3:      PACK    0
        ADVANCE 1
        addi    a2, a2, -1
        bnez    a2, 3b
4:      ret
ENDFUNC stator_conv2d_rv32im_8x4_pack
