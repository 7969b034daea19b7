/* A pixel of depthwise convolution for Armv8-M Baseline and Armv6-M, four channels side by side; see depthwise_conv2d_v8mbase.h for the
 * layouts. */
#include "common/asm.h"
        .arch   armv6-m

/* void stator_depthwise_conv2d_v8mbase_pixel(const struct stator_depthwise_conv2d_pixel *pixel);     r0
 *
 * Clobbers r0-r3, r12, lr, flags. Reads stream and window exactly. Per tap: 8 loads, 4 products.
 * Registers of the sums: r0 stream, r1 window, r2 activation, r3 weight and product, r4-r7 0 to 3; r8-r11 sums; r12 from tap to tap, lr end
 * of the row in the stream.
 * Of the outputs: r11 stream, r7 place in the sums; r5 multiplier's lower half, r2 its upper, r3 shift, r4 zero point + 128.
 */
        .equ    SUMS, 0                 /* of the frame */
        .equ    FROM, 16                /* the struct but for its stream, from here on */
        .equ    TO, 20
        .equ    LEFT, 24                /* channels before the last group */
        .equ    ROWS, 28
        .equ    ROW, 32                 /* bytes of a row in the stream */
        .equ    STEP, 36
        .equ    NEXT, 40
        .equ    FRAME, 44

        .macro  CHANNEL offset, sum
        ldrsb   r2, [r1, \offset]
        ldrsb   r3, [r0, \offset]
        muls    r3, r2, r3
        add     \sum, r3
        .endm

FUNC stator_depthwise_conv2d_v8mbase_pixel
        PUSH_SAVED_BASE
        sub     sp, sp, #FRAME
        .cfi_def_cfa_offset FRAME + 36
        ldm     r0!, {r1}
        ldm     r0!, {r2-r5}            /* window, output, channels, rows */
        subs    r4, r4, #4
        add     r6, sp, #FROM
        stm     r6!, {r2-r5}
        ldm     r0!, {r2-r4}            /* columns, from tap to tap, next row */
        lsls    r2, r2, #2
        stm     r6!, {r2-r4}
        mov     r0, r1
1:      ldr     r1, [sp, #STEP]
        mov     r12, r1
        ldr     r1, [sp, #FROM]
        ldm     r0!, {r4-r7}
        mov     r8, r4
        mov     r9, r5
        mov     r10, r6
        mov     r11, r7
        movs    r4, #0
        movs    r5, #1
        movs    r6, #2
        movs    r7, #3
        ldr     r2, [sp, #ROWS]
2:      str     r2, [sp, #SUMS]         /* rows left */
        ldr     r2, [sp, #ROW]
        adds    r2, r2, r0
        mov     lr, r2
3:      CHANNEL r4, r8
        CHANNEL r5, r9
        CHANNEL r6, r10
        CHANNEL r7, r11
        adds    r0, r0, #4
        add     r1, r12
        cmp     r0, lr
        bne     3b
        ldr     r2, [sp, #NEXT]
        adds    r1, r1, r2
        ldr     r2, [sp, #SUMS]
        subs    r2, r2, #1
        bne     2b
        mov     r4, r8
        mov     r5, r9
        mov     r6, r10
        mov     r7, r11
        mov     r1, sp
        stm     r1!, {r4-r7}
        mov     r12, r1
        BASE_CONSTANTS r1
        mov     r7, sp
        ldr     r1, [sp, #TO]
        mov     lr, r1
4:      ldm     r0!, {r2-r4}            /* an output */
        mov     r11, r0
        uxth    r5, r2
        lsrs    r2, r2, #16
        ldm     r7!, {r6}
        REQUANTIZE_BASE r6, r5, r2, r3, r4, r0, r1
        mov     r0, lr
        strb    r6, [r0]
        adds    r0, r0, #1
        mov     lr, r0
        mov     r0, r11
        cmp     r7, r12
        bne     4b
        ldr     r1, [sp, #LEFT]
        cmp     r1, #0
        beq     6f
        movs    r2, #4
        cmp     r1, r2
        bge     5f
        movs    r2, r1
5:      subs    r1, r1, r2
        str     r1, [sp, #LEFT]
        ldr     r1, [sp, #FROM]
        adds    r1, r1, r2
        str     r1, [sp, #FROM]
        ldr     r1, [sp, #TO]
        adds    r1, r1, r2
        str     r1, [sp, #TO]
        b       1b
6:      add     sp, sp, #FRAME
        .cfi_def_cfa_offset 36
        RETURN_SAVED_BASE
ENDFUNC stator_depthwise_conv2d_v8mbase_pixel
