/* 8 pixels x 4 channels for RV32IM with INT4 weights, two products per multiplication; see conv2d_rv32im_8x4.h for the layouts. */
#include "common/asm.h"

/* void stator_conv2d_rv32im_8x4_block(struct stator_conv2d_rv32im_8x4 *block);     a0
 *
 * Clobbers ra, t0-t6, a0-a7. Reads stream and taps exactly. Per tap: 4 loads, 7 or 8 shifts, 16 products, 16 sums but for the first tap
 * of a chunk; per eight taps four words of weights.
 * Tile: sums of pixels 0 and 1, 2 and 3, 4 and 5, 6 and 7: channel 0 s0-s3, channel 1 s4-s7, channel 2 s8-s11, channel 3 t3-t6.
 * a0-a3 weights of the channels, a4-a7 taps, t0 place in the taps, t1 weight, t2 product, ra stream.
 * Frame: 0 s0-s11, 48 ra, 52 block, 56 channels left, 60 end of the chunk, 64 sums of the chunks before: 4 channels x 8 pixels. Sums
 * behind the products' are 2^(16 - right) times what they say.
 */
        .equ    STREAM, 0
        .equ    TAPS, 4
        .equ    END, 8
        .equ    CHUNK, 12
        .equ    CHANNELS, 16
        .equ    PROVED, 20
        .equ    RIGHT, 24
        .equ    TO, 28
        .equ    SUMS, 64
        .equ    FRAME, 192

        .macro  WEIGHT k, weights
        .if     \k < 7
        slli    t1, \weights, 28 - 4 * \k
        srai    t1, t1, 28
        .else
        srai    t1, \weights, 28
        .endif
        .endm

        .macro  CHANNEL k, weights, s0, s1, s2, s3
        WEIGHT  \k, \weights
        mul     t2, a4, t1
        add     \s0, \s0, t2
        mul     t2, a5, t1
        add     \s1, \s1, t2
        mul     t2, a6, t1
        add     \s2, \s2, t2
        mul     t2, a7, t1
        add     \s3, \s3, t2
        .endm

        .macro  FIRST_CHANNEL k, weights, s0, s1, s2, s3
        WEIGHT  \k, \weights
        mul     \s0, a4, t1
        mul     \s1, a5, t1
        mul     \s2, a6, t1
        mul     \s3, a7, t1
        .endm

        .macro  TAP k, channel=CHANNEL
        lw      a4, 16 * \k(t0)
        lw      a5, 16 * \k + 4(t0)
        lw      a6, 16 * \k + 8(t0)
        lw      a7, 16 * \k + 12(t0)
        \channel \k, a0, s0, s1, s2, s3
        \channel \k, a1, s4, s5, s6, s7
        \channel \k, a2, s8, s9, s10, s11
        \channel \k, a3, t3, t4, t5, t6
        .endm

        .macro  WEIGHTS
        lw      a0, 0(ra)
        lw      a1, 4(ra)
        lw      a2, 8(ra)
        lw      a3, 12(ra)
        addi    ra, ra, 16
        .endm

/* low, high = 2^(16 - right) times the halves of high; `t` is lost */
        .macro  HALVES high, low, t, right
        slli    \low, \high, 16
        srai    \t, \low, 16
        sub     \high, \high, \t
        sra     \low, \low, \right
        sra     \high, \high, \right
        .endm

/* Keeps the first chunk's halves. */
        .macro  KEEP at, sum
        HALVES  \sum, a0, a1, a3
        sw      a0, SUMS + \at(sp)
        sw      \sum, SUMS + \at + 4(sp)
        .endm

/* Adds a later chunk's. */
        .macro  DRAIN at, sum
        HALVES  \sum, a0, a1, a3
        lw      a1, SUMS + \at(sp)
        lw      a2, SUMS + \at + 4(sp)
        add     a0, a0, a1
        add     \sum, \sum, a2
        sw      a0, SUMS + \at(sp)
        sw      \sum, SUMS + \at + 4(sp)
        .endm

        .macro  EACH what
        \what   0, s0
        \what   8, s1
        \what   16, s2
        \what   24, s3
        \what   32, s4
        \what   40, s5
        \what   48, s6
        \what   56, s7
        \what   64, s8
        \what   72, s9
        \what   80, s10
        \what   88, s11
        \what   96, t3
        \what   104, t4
        \what   112, t5
        \what   120, t6
        .endm

/* Of a channel: a4 multiplier, a5 rounding or `right`, a6 shift; a3 limit. */
        .macro  REQUANTIZED a
        REQUANTIZE_QUADRUPLED \a, a4, a5, a6, t1
        .endm

        .macro  MULTIPLIED a            /* 0 less the result above -128, cut off on both sides as in REQUANTIZE_POSITIVE */
        mulh    \a, \a, a4
        sra     \a, \a, a6
        srai    t1, \a, 31
        and     \a, \a, t1
        sub     \a, a3, \a
        srai    t1, \a, 31
        and     \a, \a, t1
        addi    \a, \a, 127
        .endm

        .macro  STORE value, c, at
        sb      \value, \c(a2)
        .if     \c == 3
        addi    a2, a2, 4
        sw      a2, \at(t0)
        .endif
        .endm

/* Of channel c, two pixels: t0 block, a0 bias, a7 channels left, t2 not 0 where there are sums so far. */
        .macro  FINISH1 form, right, c, pixel, sum
        HALVES  \sum, a1, a2, \right
        add     a1, a1, a0
        add     \sum, \sum, a0
        beqz    t2, 9f
        lw      a2, SUMS + 32 * \c + 4 * \pixel(sp)
        add     a1, a1, a2
        lw      a2, SUMS + 32 * \c + 4 * \pixel + 4(sp)
        add     \sum, \sum, a2
9:      lw      a2, TO + 4 * \pixel(t0)
        \form   a1
        STORE   a1, \c, (TO + 4 * \pixel)
        lw      a2, TO + 4 * \pixel + 4(t0)
        \form   \sum
        STORE   \sum, \c, (TO + 4 * \pixel + 4)
        .endm

        .macro  FINISH form, right, c, s0, s1, s2, s3
        lw      a0, 16 * \c(ra)
        lw      a4, 16 * \c + 4(ra)
        lw      a5, 16 * \c + 8(ra)
        lw      a6, 16 * \c + 12(ra)
        FINISH1 \form, \right, \c, 0, \s0
        FINISH1 \form, \right, \c, 2, \s1
        FINISH1 \form, \right, \c, 4, \s2
        FINISH1 \form, \right, \c, 6, \s3
        addi    a7, a7, -1
        beqz    a7, 8f
        .endm

        .macro  FINISH4 form, right
        FINISH  \form, \right, 0, s0, s1, s2, s3
        FINISH  \form, \right, 1, s4, s5, s6, s7
        FINISH  \form, \right, 2, s8, s9, s10, s11
        FINISH  \form, \right, 3, t3, t4, t5, t6
        sw      a7, 56(sp)
        addi    ra, ra, 64
        j       1b
        .endm

FUNC stator_conv2d_rv32im_8x4_block
        addi    sp, sp, -FRAME
        .cfi_def_cfa_offset FRAME
        SAVE
        sw      a0, 52(sp)
        lw      ra, STREAM(a0)
        lw      t1, CHANNELS(a0)
        sw      t1, 56(sp)
1:      lw      t1, 52(sp)              /* four channels */
        lw      t0, TAPS(t1)
2:      lw      t2, CHUNK(t1)           /* a chunk */
        lw      t1, END(t1)
        add     t2, t2, t0
        bgeu    t1, t2, 3f
        mv      t2, t1
3:      sw      t2, 60(sp)
        WEIGHTS
        TAP     0, FIRST_CHANNEL
        j       5f
4:      WEIGHTS                         /* eight taps */
        TAP     0
5:      TAP     1
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
        lw      t2, TAPS(t1)
        lw      a0, CHUNK(t1)
        lw      a1, END(t1)
        lw      a3, RIGHT(t1)
        add     t2, t2, a0
        beq     t0, a1, 7f
        bne     t0, t2, 6f
        EACH    KEEP
        j       2b
6:      EACH    DRAIN
        j       2b
7:      sltu    t2, t2, t0              /* whether there was more than one chunk */
        mv      t0, t1
        lw      a7, 56(sp)              /* channels left */
        lw      t1, PROVED(t0)
        beqz    t1, 7f
        li      a3, LIMIT
        FINISH4 MULTIPLIED, a5
7:      FINISH4 REQUANTIZED, a3
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
