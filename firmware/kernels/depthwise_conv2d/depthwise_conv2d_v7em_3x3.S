/* Lines of a 3x3 window, four channels at a time, for Armv7E-M; see depthwise_conv2d_v7em_3x3.h for the layouts. */
#include "common/asm.h"
        .arch   armv7e-m

/* void stator_depthwise_conv2d_v7em_line(const struct stator_depthwise_conv2d_v7em_line *line);    r0
 *
 * Clobbers r0-r3, r12, lr, flags, Q. Over-read: none; the words of a pixel are read for three pixels of the output.
 * Registers: r0 r2 r3 the lines before, middle, after; r1 stream; accumulators r4-r7 (channels 0..3); r8 r9 activations;
 * r10 r11, r12 lr weights of two taps.
 */
        .equ    OUT, 0
        .equ    STEP, 4                 /* and end */
        .equ    ENTRY, 12
        .equ    STREAM, 120             /* bytes of the stream per four channels */

        .macro  FIRST_TAP w02, w13      /* four products, which are what the accumulators start with */
        smulbb  r4, r8, \w02
        smultt  r6, r8, \w02
        smulbb  r5, r9, \w13
        smultt  r7, r9, \w13
        .endm

        .macro  TAP w02, w13            /* four products with the activations at hand */
        smlabb  r4, r8, \w02, r4
        smlatt  r6, r8, \w02, r6
        smlabb  r5, r9, \w13, r5
        smlatt  r7, r9, \w13, r7
        .endm

        .macro  FINISH a                /* a = saturate8((a * m + c) >> 32) */
        ldm     r1!, {r10, r11, r12}
        smlal   r10, r11, \a, r12
        ssat    \a, #8, r11
        .endm

FUNC stator_depthwise_conv2d_v7em_line
        PUSH_SAVED
        sub     sp, sp, #20
        .cfi_def_cfa_offset 56
        add     r4, r0, #16
        ldm     r4, {r4, r5, r6, r8}
        stm     sp, {r4-r6}
        rsb     r8, r8, #4              /* stores that are skipped */
        adr     r9, 2f
        add     r9, r9, r8, lsl #2
        orr     r9, r9, #1
        str     r9, [sp, #ENTRY]
        ldm     r0, {r0-r3}
1:      ldm     r1!, {r10, r11, r12, lr}
        ldrd    r8, r9, [r0, #8]
        FIRST_TAP r10, r11
        ldrd    r8, r9, [r0, #16]
        TAP     r12, lr
        ldm     r1!, {r10, r11, r12, lr}
        ldrd    r8, r9, [r0], #8
        TAP     r10, r11
        ldrd    r8, r9, [r2, #8]
        TAP     r12, lr
        ldm     r1!, {r10, r11, r12, lr}
        ldrd    r8, r9, [r2, #16]
        TAP     r10, r11
        ldrd    r8, r9, [r2], #8
        TAP     r12, lr
        ldm     r1!, {r10, r11, r12, lr}
        ldrd    r8, r9, [r3, #8]
        TAP     r10, r11
        ldrd    r8, r9, [r3, #16]
        TAP     r12, lr
        ldrd    r10, r11, [r1], #8
        ldrd    r8, r9, [r3], #8
        TAP     r10, r11
        ldr     lr, [sp, #OUT]
        FINISH  r4
        FINISH  r5
        FINISH  r6
        FINISH  r7
        ldrd    r8, r9, [sp, #STEP]
        subs    r1, r1, #STREAM
        ldr     pc, [sp, #ENTRY]
        .balign 4
2:      strb    r7, [lr, #3]
        strb    r6, [lr, #2]
        strb    r5, [lr, #1]
        strb    r4, [lr]
        add     lr, lr, r8
        str     lr, [sp, #OUT]
        cmp     r0, r9
        bne     1b
        add     sp, sp, #20
        .cfi_def_cfa_offset 36
        pop     {r4-r11, pc}
ENDFUNC stator_depthwise_conv2d_v7em_line

/* void stator_depthwise_conv2d_v7em_widen(
 *     uint32_t *to,            r0
 *     const int8_t *from,      r1
 *     int32_t step,            r2
 *     int32_t count,           r3, at least 1
 *     uint32_t bias);          sp + 0
 *
 * Clobbers r0-r3, r12, flags. Over-read: none beyond the four bytes of each pixel.
 */
FUNC stator_depthwise_conv2d_v7em_widen
        push    {r4-r7}
        .cfi_def_cfa_offset 16
        ldr     r12, [sp, #16]
        lsrs    r3, r3, #1
        bcc     1f
        ldr     r5, [r1]
        add     r1, r1, r2
        sxtab16 r4, r12, r5
        sxtab16 r5, r12, r5, ror #8
        stm     r0!, {r4, r5}
        cbz     r3, 2f
1:      ldr     r5, [r1]
        ldr     r7, [r1, r2]
        add     r1, r1, r2, lsl #1
        sxtab16 r4, r12, r5
        sxtab16 r5, r12, r5, ror #8
        sxtab16 r6, r12, r7
        sxtab16 r7, r12, r7, ror #8
        stm     r0!, {r4-r7}
        subs    r3, r3, #1
        bne     1b
2:      pop     {r4-r7}
        .cfi_def_cfa_offset 0
        bx      lr
ENDFUNC stator_depthwise_conv2d_v7em_widen
