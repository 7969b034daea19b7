/* A pixel of a depthwise convolution, four channels at a time, for Armv7E-M; see depthwise_conv2d_v7em.h for the layout.
 *
 * void stator_depthwise_conv2d_v7em_pixel(const struct stator_depthwise_conv2d_v7em_pixel *pixel);     r0
 *
 * Clobbers r0-r3, r12, lr, flags, Q. Over-read: up to three bytes of the input behind the last channel of a tap.
 * Registers: r0 input; r1 stream; r2 from tap to tap, r3 from row to row; accumulators r4-r7 (channels 0..3); r8 r9 activations;
 * r10 r11 weights; r12 -zero point in both halves; lr rows or columns left.
 */
#include "common/asm.h"
        .arch   armv7e-m

        .equ    IN, 0
        .equ    STREAM, 4               /* and its bytes */
        .equ    FIRST, 12               /* and rows */
        .equ    COLUMNS, 20
        .equ    SKIP, 24
        .equ    ZERO_POINT, 28          /* and out */
        .equ    OUT, 32
        .equ    OUT_END, 36
        .equ    ENTRY, 40
        .equ    ROWS_LEFT, 44

        .macro  TAP
        ldrd    r10, r11, [r1], #8
        sxtab16 r9, r12, r8, ror #8
        sxtab16 r8, r12, r8
        smlabb  r4, r8, r10, r4
        smlatt  r6, r8, r10, r6
        smlabb  r5, r9, r11, r5
        smlatt  r7, r9, r11, r7
        .endm

FUNC stator_depthwise_conv2d_v7em_pixel
        PUSH_SAVED
        sub     sp, sp, #52
        .cfi_def_cfa_offset 88
        ldm     r0!, {r1-r10}
        stm     sp, {r1-r10}
        ldm     r0, {r2, r3, r12}
        cmp     r5, #0                  /* rows */
        adr     r0, 5f
        beq     1f
        adr     r0, 3f
        sub     r6, r6, #3              /* columns */
        orrs    r6, r6, r7              /* skip */
        bne     1f
        adr     r0, 2f
1:      orr     r0, r0, #1
        str     r0, [sp, #ENTRY]
6:      ldrd    r0, r1, [sp, #IN]
        ldm     r1, {r4-r7}
        ldrd    r10, lr, [sp, #FIRST]
        add     r1, r1, r10
        add     r8, r0, #4
        str     r8, [sp, #IN]
        ldr     pc, [sp, #ENTRY]
        .balign 4
2:      ldr     r8, [r0]                /* three columns */
        TAP
        ldr     r8, [r0, r2]
        TAP
        ldr     r8, [r0, r2, lsl #1]
        TAP
        add     r0, r0, r3
        subs    lr, lr, #1
        bne     2b
        b       5f
        .balign 4
3:      str     lr, [sp, #ROWS_LEFT]    /* any */
7:      ldr     lr, [sp, #COLUMNS]
4:      ldr     r8, [r0]
        add     r0, r0, r2
        TAP
        subs    lr, lr, #1
        bne     4b
        add     r0, r0, r3
        ldr     r8, [sp, #SKIP]
        add     r1, r1, r8
        ldr     lr, [sp, #ROWS_LEFT]
        subs    lr, lr, #1
        str     lr, [sp, #ROWS_LEFT]
        bne     7b
        .balign 4
5:      ldrd    r1, lr, [sp, #STREAM]
        add     r1, r1, lr
        str     r1, [sp, #STREAM]
        sub     r1, r1, #32
        ldrd    r8, r9, [sp, #ZERO_POINT]
        ldrd    r10, r11, [r1], #8
        REQUANTIZE_DOUBLED r4, r10, r11, r8
        ldrd    r10, r11, [r1], #8
        REQUANTIZE_DOUBLED r5, r10, r11, r8
        ldrd    r10, r11, [r1], #8
        REQUANTIZE_DOUBLED r6, r10, r11, r8
        ldrd    r10, r11, [r1], #8
        REQUANTIZE_DOUBLED r7, r10, r11, r8
        ldr     lr, [sp, #OUT_END]
        sub     lr, lr, r9
        strb    r4, [r9], #1
        subs    lr, lr, #4
        blt     8f
        strb    r5, [r9], #1
        strb    r6, [r9], #1
        strb    r7, [r9], #1
        str     r9, [sp, #OUT]
        bne     6b
        b       9f
8:      adds    lr, lr, #2              /* 1, 2 or 3 channels: now -1, 0 or 1 */
        blt     9f
        strb    r5, [r9], #1
        beq     9f
        strb    r6, [r9]
9:      add     sp, sp, #52
        .cfi_def_cfa_offset 36
        pop     {r4-r11, pc}
ENDFUNC stator_depthwise_conv2d_v7em_pixel
