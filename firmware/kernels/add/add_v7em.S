/* Sum of two INT8 tensors of one shape for Armv7E-M; one of them has half of the common scale, so that it is only shifted.
 *
 * int stator_add_s8__v7em(
 *     int8_t *out,                             r0
 *     const int8_t *a,                         r1
 *     const int8_t *b,                         r2
 *     const struct stator_add_v7em *p,       r3
 *     void *scratch);                          sp + 0, not read
 *
 * Clobbers r0-r3, r12, flags, Q. Stack: 36 bytes. Over-read: none; an element of a and b is read before that of out is written.
 * Registers: r3 multiplier, r4 shift, r5 offset of the scaled operand (r2); r6 offset of the shifted one (r1); r7 multiplier, r8 shift,
 * r9 zero point of the output; r10 end; r11 r12 one element.
 */
#include "common/asm.h"
        .arch   armv7e-m
        .equ    EINVAL, 22
        .equ    ELEMENTS, 28

        .macro  ELEMENT shifts          /* the sum is doubled, as REQUANTIZE_DOUBLED wants it */
        ldrsb   r12, [r2], #1
        ldrsb   r11, [r1], #1
        add     r12, r5, r12, lsl #21
        smmulr  r12, r12, r3
        .if     \shifts
        add     r12, r12, r12, asr #31
        asrs    r12, r12, r4
        adc     r12, r12, #0
        .endif
        add     r11, r6, r11, lsl #20
        add     r11, r11, r12, lsl #1
        REQUANTIZE_DOUBLED r11, r7, r8, r9
        strb    r11, [r0], #1
        .endm

FUNC stator_add_s8__v7em
        cbz     r0, 9f
        cbz     r1, 9f
        cbz     r2, 9f
        cbz     r3, 9f
        ldr     r12, [r3, #ELEMENTS]
        cmp     r12, #1
        bge     1f
9:      mvn     r0, #EINVAL - 1
        bx      lr
1:      PUSH_SAVED
        ldm     r3, {r3-r10}
        lsrs    r12, r10, #1            /* the carry: an odd element, the first */
        add     r10, r10, r0
        cbnz    r4, 2f
        bcs     1f
0:      ELEMENT 0
1:      ELEMENT 0
        cmp     r0, r10
        bne     0b
        b       5f
2:      bcs     4f
3:      ELEMENT 1
4:      ELEMENT 1
        cmp     r0, r10
        bne     3b
5:      movs    r0, #0
        pop     {r4-r11, pc}
ENDFUNC stator_add_s8__v7em
