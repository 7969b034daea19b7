/* Matrix-vector product for Armv7E-M, four units at a time; see fully_connected_v7em.h for the layout. */
#include "common/asm.h"
        .arch   armv7e-m

/* void stator_fully_connected_v7em_row(const struct stator_fully_connected_v7em_row *row);     r0
 *
 * Clobbers r0-r3, r12, lr, flags, Q. Over-read: none.
 * Registers: r0 row; r1 stream; r3 end of the row's words; accumulators r4-r7 (units 0..3); r8 r9 activations [x0 x2] [x1 x3];
 * weights r10 r11 r12 lr and r2.
 */
        .equ    ZERO_POINT, 0           /* and out */
        .equ    OUT, 4
        .equ    OUT_END, 8              /* and in */
        .equ    IN, 12
        .equ    IN_END, 16              /* and rest */
        .equ    REST, 20
        .equ    HAS_REST, 24
        .equ    ENTRY, 28
        .equ    UNROLL, 4               /* words of the row per turn of the loop; a power of 2 */
        .equ    STEP, 80                /* bytes of code per word of the row */

        .macro  UNIT a, w               /* four products */
        sxtb16  r2, \w, ror #8
        sxtb16  \w, \w
        smlad   \a, \w, r8, \a
        smlad   \a, r2, r9, \a
        .endm

        .macro  WORD                    /* sixteen products with the word in r8 */
        ldm     r1!, {r10, r11, r12, lr}
        sxtb16  r9, r8, ror #8
        sxtb16  r8, r8
        UNIT    r4, r10
        UNIT    r5, r11
        UNIT    r6, r12
        UNIT    r7, lr
        .endm

FUNC stator_fully_connected_v7em_row
        PUSH_SAVED
        sub     sp, sp, #36
        .cfi_def_cfa_offset 72
        ldm     r0, {r1-r8}
        stm     sp, {r1-r7}
        mov     r1, r8
        subs    r5, r5, r4              /* enter where what is left is a multiple of UNROLL words */
        adr     r9, 3f
        beq     1f
        rsb     r5, r5, #0
        and     r5, r5, #4 * (UNROLL - 1)
        movs    r6, #STEP / 4
        mul     r5, r5, r6
        adr     r9, 2f
        add     r9, r9, r5
1:      orr     r9, r9, #1
        str     r9, [sp, #ENTRY]
4:      ldm     r1!, {r4-r7}
        ldrd    r0, r3, [sp, #IN]
        ldr     pc, [sp, #ENTRY]
        .balign 4
2:      .rept   UNROLL
        ldr     r8, [r0], #4
        WORD
        .endr
        cmp     r0, r3
        bne     2b
        .balign 4
3:      ldrd    r8, r2, [sp, #REST]
        cbz     r2, 5f
        WORD
5:      ldrd    r2, r3, [sp, #ZERO_POINT]
        ldr     r8, [sp, #OUT_END]
        ldrd    r10, r11, [r1], #8
        REQUANTIZE r4, r10, r11, r2
        ldrd    r10, r11, [r1], #8
        REQUANTIZE r5, r10, r11, r2
        ldrd    r10, r11, [r1], #8
        REQUANTIZE r6, r10, r11, r2
        ldrd    r10, r11, [r1], #8
        REQUANTIZE r7, r10, r11, r2
        strb    r4, [r3], #1
        cmp     r3, r8
        beq     6f
        strb    r5, [r3], #1
        cmp     r3, r8
        beq     6f
        strb    r6, [r3], #1
        cmp     r3, r8
        beq     6f
        strb    r7, [r3], #1
        str     r3, [sp, #OUT]
        cmp     r3, r8
        bne     4b
6:      add     sp, sp, #36
        .cfi_def_cfa_offset 36
        pop     {r4-r11, pc}
ENDFUNC stator_fully_connected_v7em_row
