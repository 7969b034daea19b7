/* A line of depthwise 3x3 for Armv7-M, four pixels at a time; see depthwise_conv2d_v7m_3x3.h for the layouts. */
#include "common/asm.h"
        .arch   armv7-m

/* void stator_depthwise_conv2d_v7m_line(const struct stator_depthwise_conv2d_line *line);     r0
 *
 * Clobbers r0-r3, r12, lr, flags, Q. Per four pixels: 19 loads and 36 products, then 3 instructions to requantize each.
 * Registers: r0 stream of the channel, lr place in it; r1-r3 lines; r4-r7 sums; r8-r10 weights of a line; r11 r12 activations.
 * Frame: 0 output and its step, 8 end.
 */
        .equ    OUT, 0
        .equ    END, 8

        .macro  LINE at
        ldrsb   r11, [\at]
        ldrsb   r12, [\at, #1]
        mla     r4, r8, r11, r4
        mla     r4, r9, r12, r4
        mla     r5, r8, r12, r5
        ldrsb   r11, [\at, #2]
        ldrsb   r12, [\at, #3]
        mla     r4, r10, r11, r4
        mla     r5, r9, r11, r5
        mla     r6, r8, r11, r6
        mla     r5, r10, r12, r5
        mla     r6, r9, r12, r6
        mla     r7, r8, r12, r7
        ldrsb   r11, [\at, #4]
        ldrsb   r12, [\at, #5]
        mla     r6, r10, r11, r6
        mla     r7, r9, r11, r7
        mla     r7, r10, r12, r7
        .endm

        .macro  FINISH a
        smull   r11, \a, \a, lr
        add     \a, \a, #128
        ssat    \a, #8, \a, asr #8
        .endm

FUNC stator_depthwise_conv2d_v7m_line
        PUSH_SAVED
        sub     sp, sp, #16
        .cfi_def_cfa_offset 52
        ldm     r0, {r1-r7}
        strd    r4, r5, [sp, #OUT]
        str     r6, [sp, #END]
        mov     r0, r7
1:      mov     lr, r0
        ldm     lr!, {r4, r8-r10}
        mov     r5, r4
        mov     r6, r4
        mov     r7, r4
        LINE    r1
        ldm     lr!, {r8-r10}
        LINE    r2
        ldm     lr!, {r8-r10}
        LINE    r3
        ldr     lr, [lr]
        FINISH  r4
        FINISH  r5
        FINISH  r6
        FINISH  r7
        ldrd    r8, r9, [sp, #OUT]
        ldr     r10, [sp, #END]
        adds    r1, r1, #4
        adds    r2, r2, #4
        adds    r3, r3, #4
        strb    r4, [r8]
        subs    r10, r10, r1            /* pixels that are left, or -1 to -3 where these were too many */
        blt     2f
        strb    r5, [r8, r9]
        add     r8, r8, r9, lsl #1
        strb    r6, [r8]
        strb    r7, [r8, r9]
        add     r8, r8, r9, lsl #1
        str     r8, [sp, #OUT]
        bne     1b
        b       3f
2:      adds    r10, r10, #2
        blt     3f
        strb    r5, [r8, r9]
        beq     3f
        add     r8, r8, r9, lsl #1
        strb    r6, [r8]
3:      add     sp, sp, #16
        .cfi_def_cfa_offset 36
        pop     {r4-r11, pc}
ENDFUNC stator_depthwise_conv2d_v7m_line

/* void stator_depthwise_conv2d_v7m_gather(
 *     int8_t *to,          r0
 *     const int8_t *from,  r1
 *     int32_t step,        r2
 *     int32_t count);      r3
 *
 * Clobbers r0, r1, r3, r12, flags. Over-read: none.
 */
FUNC stator_depthwise_conv2d_v7m_gather
        push    {r4-r6}
        .cfi_def_cfa_offset 12
        .cfi_rel_offset r4, 0
        .cfi_rel_offset r5, 4
        .cfi_rel_offset r6, 8
        subs    r3, r3, #4
        blt     2f
        add     r12, r2, r2, lsl #1
1:      ldrb    r4, [r1]
        ldrb    r5, [r1, r2]
        ldrb    r6, [r1, r2, lsl #1]
        strb    r4, [r0]
        ldrb    r4, [r1, r12]
        strb    r5, [r0, #1]
        strb    r6, [r0, #2]
        strb    r4, [r0, #3]
        adds    r0, r0, #4
        add     r1, r1, r2, lsl #2
        subs    r3, r3, #4
        bge     1b
2:      adds    r3, r3, #4
        beq     4f
3:      ldrb    r4, [r1]
        add     r1, r1, r2
        strb    r4, [r0], #1
        subs    r3, r3, #1
        bne     3b
4:      pop     {r4-r6}
        bx      lr
ENDFUNC stator_depthwise_conv2d_v7m_gather
