/* 4 pixels x 2 channels for Armv7E-M; see conv2d_v7em.h for the layouts. */
#include "common/asm.h"

        .arch   armv7e-m

/* void stator_conv2d_v7em_block(const struct stator_conv2d_v7em_block *block);     r0
 *
 * Clobbers r0-r3, r12, lr, flags, Q. Reads the stream and the columns exactly; writes out, pixels 3..0 of a channel in no promised order.
 * Tile: channel 0 r2-r5, channel 1 r6-r9 (pixels 0..3); r10 r11 weights, r12 lr activations; r0 stream, r1 columns.
 * Frame: the block, but the last channel's place instead of the end, then where the loop over the window is entered.
 * Three loads follow each other: a Cortex-M4 takes four cycles for them, and five with an LDRD for two of them.
 */
        .equ    OUT, 0                  /* three offsets, and the last channel of pixel 0 */
        .equ    ZERO_POINT, 20
        .equ    COLUMNS, 24
        .equ    COLUMNS_END, 28
        .equ    ENTRY, 36
        .equ    UNROLL, 8               /* words of the window per turn of the loop; a power of 2 */
        .equ    STEP, 112               /* bytes of code per word of the window */

        .macro  SUMS ch0, ch1, x, from0, from1
        smlad   \ch0, r10, \x, \from0
        smlad   \ch1, r11, \x, \from1
        .endm

        .macro  STEP2                   /* two bytes of each window, 16 products */
        ldr     r10, [r0], #4
        ldr     lr, [r1, #4]
        ldr     r12, [r1], #8
        sxtb16  r11, r10, ror #8
        sxtb16  r10, r10
        SUMS    r2, r6, r12, r2, r6
        SUMS    r3, r7, lr, r3, r7
        ldrd    r12, lr, [r1], #8
        SUMS    r4, r8, r12, r4, r8
        SUMS    r5, r9, lr, r5, r9
        .endm

        .macro  FIRST_STEP2             /* the same, from both biases on */
        ldr     r1, [sp, #COLUMNS]
        ldr     r9, [r0, #4]
        ldr     r10, [r0, #8]
        ldr     r5, [r0], #12
        ldr     lr, [r1, #4]
        ldr     r12, [r1], #8
        sxtb16  r11, r10, ror #8
        sxtb16  r10, r10
        SUMS    r2, r6, r12, r5, r9
        SUMS    r3, r7, lr, r5, r9
        ldrd    r12, lr, [r1], #8
        SUMS    r4, r8, r12, r5, r9
        SUMS    r5, r9, lr, r5, r9
        .endm

        .macro  SCALE                   /* of a channel */
        ldr     r11, [sp, #ZERO_POINT]
        ldr     r12, [r0, #4]
        ldr     r10, [r0], #8
        .endm

        .macro  PROVED a, m             /* a = saturate8((a * m + [zero point, c]) >> 32); r12 c, r11 zero point */
        mov     r1, r12
        mov     lr, r11
        smlal   r1, lr, \a, \m
        ssat    \a, #8, lr
        .endm

        .macro  LAST_PROVED a, m        /* the same, without keeping r11 and r12 */
        smlal   r12, r11, \a, \m
        ssat    \a, #8, r11
        .endm

FUNC stator_conv2d_v7em_block
        PUSH_SAVED
        sub     sp, sp, #44
        .cfi_def_cfa_offset 80
        ldm     r0, {r1-r9}
        subs    r5, r5, #1
        stm     sp, {r1-r9}
        sub     r8, r8, r7              /* behind the first word, enter where what is left is a multiple of UNROLL words */
        lsrs    r8, r8, #5
        adr     r10, 3f
        rsbs    r8, r8, #1
        beq     4f
        adr     r10, 2f
        and     r8, r8, #UNROLL - 1
        movs    r7, #STEP
        mla     r10, r8, r7, r10
4:      orr     r10, r10, #1
        str     r10, [sp, #ENTRY]
        mov     r0, r9
1:      FIRST_STEP2
        STEP2
        ldr     pc, [sp, #ENTRY]
        .balign 4
2:      .rept   UNROLL
        STEP2
        STEP2
        .endr
        ldr     r12, [sp, #COLUMNS_END]
        cmp     r1, r12
        bne     2b
        .balign 4
3:      SCALE
        cmp     r12, #32                /* a shift? */
        blo     6f
        PROVED  r2, r10
        PROVED  r3, r10
        PROVED  r4, r10
        LAST_PROVED r5, r10
        SCALE
        PROVED  r6, r10
        PROVED  r7, r10
        PROVED  r8, r10
        LAST_PROVED r9, r10
5:      ldm     sp, {r1, r10, r11, r12, lr} /* out, offsets, last channel */
        cmp     r1, lr
        bhs     7f
        bfi     r3, r7, #8, #8
        strh    r3, [r1, r10]
        bfi     r4, r8, #8, #8
        strh    r4, [r1, r11]
        bfi     r5, r9, #8, #8
        strh    r5, [r1, r12]
        bfi     r2, r6, #8, #8
        strh    r2, [r1], #2
        str     r1, [sp, #OUT]
        cmp     r1, lr
        bls     1b
        b       8f
6:      REQUANTIZE r2, r10, r12, r11
        REQUANTIZE r3, r10, r12, r11
        REQUANTIZE r4, r10, r12, r11
        REQUANTIZE r5, r10, r12, r11
        SCALE
        REQUANTIZE r6, r10, r12, r11
        REQUANTIZE r7, r10, r12, r11
        REQUANTIZE r8, r10, r12, r11
        REQUANTIZE r9, r10, r12, r11
        b       5b
7:      strb    r3, [r1, r10]           /* an odd last channel */
        strb    r4, [r1, r11]
        strb    r5, [r1, r12]
        strb    r2, [r1]
8:      add     sp, sp, #44
        .cfi_def_cfa_offset 36
        pop     {r4-r11, pc}
ENDFUNC stator_conv2d_v7em_block

/* void stator_conv2d_v7em_widen(
 *     uint32_t *columns,           r0
 *     const int8_t *const from[4], r1
 *     uint32_t words,              r2, per row, at least 1
 *     uint32_t bias,               r3
 *     uint32_t rows,               sp + 0, at least 1
 *     int32_t skip);               sp + 4
 *
 * Clobbers r0-r3, r12, lr, flags. Registers: r1 r2 r3 r12 places, lr bias, r4-r7 [b0 b2], r8-r11 [b1 b3]. Over-read: none.
 * Frame: end of the row in columns, bytes of a row in columns, r4-r11 lr, rows, skip.
 */
FUNC stator_conv2d_v7em_widen
        PUSH_SAVED
        lsl     r5, r2, #5
        add     r4, r0, r5
        push    {r4, r5}
        .cfi_def_cfa_offset 44
        mov     lr, r3
        ldm     r1, {r1, r2, r3, r12}
1:      ldr     r4, [r1], #4
        ldr     r5, [r2], #4
        ldr     r6, [r3], #4
        ldr     r7, [r12], #4
        sxtab16 r8, lr, r4, ror #8
        sxtab16 r9, lr, r5, ror #8
        sxtab16 r10, lr, r6, ror #8
        sxtab16 r11, lr, r7, ror #8
        sxtab16 r4, lr, r4
        sxtab16 r5, lr, r5
        sxtab16 r6, lr, r6
        sxtab16 r7, lr, r7
        stm     r0!, {r4-r11}
        ldrd    r4, r5, [sp]
        cmp     r0, r4
        bne     1b
        ldrd    r6, r7, [sp, #44]       /* rows, skip */
        subs    r6, r6, #1
        beq     2f
        str     r6, [sp, #44]
        add     r4, r4, r5
        str     r4, [sp]
        add     r1, r1, r7
        add     r2, r2, r7
        add     r3, r3, r7
        add     r12, r12, r7
        b       1b
2:      add     sp, sp, #8
        .cfi_def_cfa_offset 36
        pop     {r4-r11, pc}
ENDFUNC stator_conv2d_v7em_widen
