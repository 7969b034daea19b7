/* 2 pixels x 4 channels for Armv8-M Baseline and Armv6-M; see conv2d_v8mbase.h for the layouts. */
#include "common/asm.h"
        .arch   armv6-m

/* void stator_conv2d_v8mbase_pair(const struct stator_conv2d_v8mbase_pair *pair);     r0
 *
 * Clobbers r0-r3, r12, lr, flags. Reads stream and windows exactly. Per byte of the windows: 5 loads, 4 products, 8 sums, 4 shifts.
 * Registers of the sums: r0 stream, r1 windows, r2 a byte of either, r3 weight and product, r4 end; sums of products and of their
 * upper halves r5 r6, r7 r8, r9 r10, r11 r12 (channels 0..3).
 * Of the outputs: r11 stream, r12 end of the sums, r7 place in them; r5 multiplier's lower half, r2 its upper, r3 shift, r4 zero point
 * + 128.
 */
        .equ    SUMS, 0                 /* of the frame: four of the first pixel, where the biases wait; four of the second */
        .equ    SUMS_END, 16
        .equ    WINDOWS, 32             /* the struct but for its stream, from here on */
        .equ    END, 36
        .equ    TO, 40
        .equ    OFFSETS, 48
        .equ    CHANNELS, 56
        .equ    FRAME, 60

        .macro  CHANNEL at, products, upper
        ldrb    r3, [r0, #\at]
        muls    r3, r2, r3
        add     \products, r3
        lsrs    r3, r3, #16
        add     \upper, r3
        .endm

        .macro  TAP k
        ldr     r2, [r1, #4 * \k]
        CHANNEL 4 * \k, r5, r6
        CHANNEL 4 * \k + 1, r7, r8
        CHANNEL 4 * \k + 2, r9, r10
        CHANNEL 4 * \k + 3, r11, r12
        .endm

        .macro  SPLIT channel, products, upper
        mov     r3, \upper
        mov     r2, \products
        lsls    r4, r3, #16
        subs    r2, r2, r4
        ldr     r4, [sp, #SUMS + 4 * \channel]
        adds    r2, r2, r4
        adds    r3, r3, r4
        str     r2, [sp, #SUMS + 4 * \channel]
        str     r3, [sp, #SUMS + SUMS_END + 4 * \channel]
        .endm

        .macro  OUTPUT pixel
        ldr     r6, [r7, #SUMS_END * \pixel]
        ldr     r0, [sp, #OFFSETS + 4 * \pixel]
        adds    r6, r6, r0
        REQUANTIZE_BASE r6, r5, r2, r3, r4, r0, r1
        ldr     r0, [sp, #TO + 4 * \pixel]
        strb    r6, [r0]
        adds    r0, r0, #1
        str     r0, [sp, #TO + 4 * \pixel]
        .endm

FUNC stator_conv2d_v8mbase_pair
        PUSH_SAVED_BASE
        sub     sp, sp, #FRAME
        .cfi_def_cfa_offset FRAME + 36
        add     r1, sp, #WINDOWS
        ldm     r0!, {r2-r5}
        stm     r1!, {r2-r5}
        ldm     r0!, {r2-r5}
        stm     r1!, {r2-r4}
        mov     r0, r5
1:      ldm     r0!, {r4-r7}
        mov     r1, sp
        stm     r1!, {r4-r7}
        ldr     r1, [sp, #WINDOWS]
        ldr     r4, [sp, #END]
        movs    r5, #0
        movs    r6, #0
        movs    r7, #0
        mov     r8, r5
        mov     r9, r5
        mov     r10, r5
        mov     r11, r5
        mov     r12, r5
2:      TAP     0
        TAP     1
        TAP     2
        TAP     3
        adds    r0, r0, #16
        adds    r1, r1, #16
        cmp     r1, r4
        bne     2b
        SPLIT   0, r5, r6
        SPLIT   1, r7, r8
        SPLIT   2, r9, r10
        SPLIT   3, r11, r12
        BASE_CONSTANTS r1
        mov     r7, sp
        add     r1, sp, #SUMS_END
        mov     r12, r1
3:      ldm     r0!, {r2-r4}            /* an output of either pixel */
        mov     r11, r0
        uxth    r5, r2
        lsrs    r2, r2, #16
        OUTPUT  0
        OUTPUT  1
        ldr     r1, [sp, #CHANNELS]
        subs    r1, r1, #1
        str     r1, [sp, #CHANNELS]
        beq     5f
        mov     r0, r11
        adds    r7, r7, #4
        cmp     r7, r12
        bne     3b
        b       1b
5:      add     sp, sp, #FRAME
        .cfi_def_cfa_offset 36
        RETURN_SAVED_BASE
ENDFUNC stator_conv2d_v8mbase_pair
