/* 4 pixels x 2 channels for Armv7E-M; see conv2d_v7em.h for the layouts. */
#include "common/asm.h"

        .arch   armv7e-m

/* void stator_conv2d_v7em_block(const struct stator_conv2d_v7em_block *block);     r0
 *
 * Clobbers r0-r3, r12, lr, flags, Q. Reads the stream and the columns exactly; writes out, pixels 3..0 of a channel in no promised order.
 * Tile: channel 0 r2-r5, channel 1 r6-r9 (pixels 0..3); r10 r11 weights, r12 lr activations; r0 stream, r1 columns.
 * Frame: the block, then where the loop over the window is entered.
 */
        .equ    OUT, 0                  /* and three offsets */
        .equ    ZERO_POINT, 16
        .equ    OUT_END, 20
        .equ    COLUMNS, 24
        .equ    COLUMNS_END, 28
        .equ    STREAM, 32
        .equ    ENTRY, 36
        .equ    UNROLL, 8               /* words of the window per turn of the loop; a power of 2 */
        .equ    STEP, 104               /* bytes of code per word of the window */

        .macro  STEP2                   /* two bytes of each window, 16 products */
        ldr     r10, [r0], #4
        ldrd    r12, lr, [r1], #8
        sxtb16  r11, r10, ror #8
        sxtb16  r10, r10
        smlad   r2, r10, r12, r2
        smlad   r6, r11, r12, r6
        smlad   r3, r10, lr, r3
        smlad   r7, r11, lr, r7
        ldrd    r12, lr, [r1], #8
        smlad   r4, r10, r12, r4
        smlad   r8, r11, r12, r8
        smlad   r5, r10, lr, r5
        smlad   r9, r11, lr, r9
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
        push    {r4-r11, lr}
        .cfi_def_cfa_offset 36
        .cfi_offset lr, -4
        sub     sp, sp, #44
        .cfi_def_cfa_offset 80
        ldm     r0, {r1-r9}
        stm     sp, {r1-r9}
        sub     r8, r8, r7              /* enter where what is left is a multiple of UNROLL words */
        lsrs    r8, r8, #5
        rsbs    r8, r8, #0
        and     r8, r8, #UNROLL - 1
        movs    r10, #STEP
        mul     r8, r8, r10
        adr     r10, 2f
        add     r8, r8, r10
        orr     r8, r8, #1
        str     r8, [sp, #ENTRY]
        mov     r0, r9
1:      ldrd    r2, r6, [r0], #8
        ldr     r1, [sp, #COLUMNS]
        mov     r3, r2
        mov     r4, r2
        mov     r5, r2
        mov     r7, r6
        mov     r8, r6
        mov     r9, r6
        ldr     pc, [sp, #ENTRY]
        .balign 4
2:      .rept   UNROLL
        STEP2
        STEP2
        .endr
        ldr     r12, [sp, #COLUMNS_END]
        cmp     r1, r12
        bne     2b
        ldrd    r10, r12, [r0], #8
        cmp     r12, #32                /* a shift? */
        blo     4f
        ldr     r11, [sp, #ZERO_POINT]
        PROVED  r2, r10
        PROVED  r3, r10
        PROVED  r4, r10
        LAST_PROVED r5, r10
        ldrd    r10, r12, [r0], #8
        ldr     r11, [sp, #ZERO_POINT]
        PROVED  r6, r10
        PROVED  r7, r10
        PROVED  r8, r10
        LAST_PROVED r9, r10
3:      ldm     sp, {r1, r10, r11, r12} /* out and offsets */
        ldr     lr, [sp, #OUT_END]
        sub     lr, lr, r1
        cmp     lr, #2
        blt     5f
        bfi     r2, r6, #8, #8
        strh    r2, [r1]
        bfi     r3, r7, #8, #8
        strh    r3, [r1, r10]
        bfi     r4, r8, #8, #8
        strh    r4, [r1, r11]
        bfi     r5, r9, #8, #8
        strh    r5, [r1, r12]
        add     r1, r1, #2
        str     r1, [sp, #OUT]
        bne     1b
        b       6f
4:      mov     r11, r12
        ldr     r12, [sp, #ZERO_POINT]
        REQUANTIZE r2, r10, r11, r12
        REQUANTIZE r3, r10, r11, r12
        REQUANTIZE r4, r10, r11, r12
        REQUANTIZE r5, r10, r11, r12
        ldrd    r10, r11, [r0], #8
        REQUANTIZE r6, r10, r11, r12
        REQUANTIZE r7, r10, r11, r12
        REQUANTIZE r8, r10, r11, r12
        REQUANTIZE r9, r10, r11, r12
        b       3b
5:      strb    r2, [r1]                /* an odd last channel */
        strb    r3, [r1, r10]
        strb    r4, [r1, r11]
        strb    r5, [r1, r12]
6:      add     sp, sp, #44
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
        push    {r4-r11, lr}
        .cfi_def_cfa_offset 36
        .cfi_offset lr, -4
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
