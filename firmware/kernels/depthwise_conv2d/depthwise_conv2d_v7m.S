/* A pixel of depthwise convolution for Armv7-M, four channels side by side; see depthwise_conv2d_v7m.h for the layouts. */
#include "common/asm.h"
        .arch   armv7-m

/* void stator_depthwise_conv2d_v7m_pixel(const struct stator_depthwise_conv2d_pixel *pixel);     r0
 *
 * Clobbers r0-r3, r12, lr, flags, Q. Reads stream and window exactly. Per tap: 8 loads, 4 products.
 * Registers: r0 stream, r1 window, r2 from tap to tap, r3 end of the row in the stream; r4-r7 sums; r8-r11 activations, r12 lr weights.
 * Frame: 0 window of these channels, 4 output, 8 channels left before the last group, 12 rows, 16 bytes of a row in the stream, 20 next
 * row, 24 rows left.
 */
        .equ    FROM, 0                 /* and output */
        .equ    LEFT, 8                 /* and rows */
        .equ    ROW, 16                 /* and next row */
        .equ    ROWS_LEFT, 24

        .macro  TAP
        ldrsb   r8, [r1]
        ldrsb   r9, [r1, #1]
        ldrsb   r10, [r1, #2]
        ldrsb   r11, [r1, #3]
        ldrsb   r12, [r0]
        ldrsb   lr, [r0, #1]
        mla     r4, r8, r12, r4
        mla     r5, r9, lr, r5
        ldrsb   r12, [r0, #2]
        ldrsb   lr, [r0, #3]
        mla     r6, r10, r12, r6
        mla     r7, r11, lr, r7
        add     r1, r1, r2
        adds    r0, r0, #4
        .endm

        .macro  FINISH at, a
        ldm     r0!, {r8, r9, r10}
        REQUANTIZE_LONG \a, r8, r9, r10, r11
        strb    \a, [r2, #\at]
        .endm

FUNC stator_depthwise_conv2d_v7m_pixel
        PUSH_SAVED
        sub     sp, sp, #28
        .cfi_def_cfa_offset 64
        ldm     r0, {r0, r4-r10}        /* stream, window, output, channels, rows, columns, tap to tap, next row */
        subs    r6, r6, #4
        lsls    r8, r8, #2
        mov     r2, r9
        mov     r9, r10
        stm     sp, {r4-r9}
1:      mov     r1, r4
        mov     lr, r7
        ldm     r0!, {r4-r7}
2:      str     lr, [sp, #ROWS_LEFT]
        ldr     r3, [sp, #ROW]
        tst     r3, #4                  /* an odd number of taps: enter in the middle */
        add     r3, r3, r0
        bne     31f
30:     TAP
31:     TAP
        cmp     r0, r3
        bne     30b
        ldr     r3, [sp, #ROW + 4]
        ldr     lr, [sp, #ROWS_LEFT]
        add     r1, r1, r3
        subs    lr, lr, #1
        bne     2b
        mov     r3, r2
        ldr     r2, [sp, #FROM + 4]
        FINISH  0, r4
        FINISH  1, r5
        FINISH  2, r6
        FINISH  3, r7
        ldrd    r6, r7, [sp, #LEFT]
        cbz     r6, 5f
        ldr     r4, [sp, #FROM]
        movs    r5, #4
        cmp     r6, r5
        it      lt
        movlt   r5, r6
        add     r4, r4, r5
        add     r2, r2, r5
        strd    r4, r2, [sp, #FROM]
        subs    r6, r6, r5
        str     r6, [sp, #LEFT]
        mov     r2, r3
        b       1b
5:      add     sp, sp, #28
        .cfi_def_cfa_offset 36
        pop     {r4-r11, pc}
ENDFUNC stator_depthwise_conv2d_v7m_pixel
