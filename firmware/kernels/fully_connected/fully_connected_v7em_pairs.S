/* A row of a matrix product with INT4 weights for Armv7E-M, eight units at a time; see fully_connected_v7em_pairs.h for the layout. */
#include "common/asm.h"
        .arch   armv7e-m

/* void stator_fully_connected_v7em_pairs_row(const struct stator_fully_connected_v7em_pairs *row);     r0
 *
 * Clobbers r0-r3, r12, lr, flags, Q. Over-read: none. Per two inputs of eight units: 4 loads and extensions, 8 masks, 8 sums of two products.
 * Registers: r0 0x000f000f; r1 row; r2 stream; r4-r11 accumulators; r12 inputs [x0 x2] or [x1 x3]; lr weights, r3 those of a unit.
 */
        .equ    OUT, 0                  /* and its end */
        .equ    IN, 8
        .equ    IN_END, 12
        .equ    REST, 16
        .equ    HAS_REST, 20
        .equ    ZERO_POINT, 24
        .equ    MORE, 28

        .macro  UNITS a0, a1, a2, a3
        ldr     lr, [r2], #4
        and     r3, r0, lr
        smlad   \a0, r3, r12, \a0
        and     r3, r0, lr, lsr #4
        smlad   \a1, r3, r12, \a1
        and     r3, r0, lr, lsr #8
        smlad   \a2, r3, r12, \a2
        and     r3, r0, lr, lsr #12
        smlad   \a3, r3, r12, \a3
        .endm

        .macro  EIGHT                   /* sixteen products */
        UNITS   r4, r5, r6, r7
        UNITS   r8, r9, r10, r11
        .endm

        .macro  WORD
        ldr     r12, [r1]
        sxtb16  r12, r12
        EIGHT
        ldr     r12, [r1], #4
        sxtb16  r12, r12, ror #8
        EIGHT
        .endm

FUNC stator_fully_connected_v7em_pairs_row
        PUSH_SAVED
        sub     sp, sp, #36
        .cfi_def_cfa_offset 72
        ldm     r0, {r1-r9}
        stm     sp, {r1-r8}
        mov     r2, r9
1:      mov     r0, #0x000f000f
        ldm     r2!, {r4-r11}
        ldr     r3, [sp, #MORE]
        .irp    a, r4, r5, r6, r7, r8, r9, r10, r11
        add     \a, \a, r3
        .endr
        ldrd    r1, r3, [sp, #IN]
        subs    r3, r3, r1
        beq     4f
        tst     r3, #4                  /* an odd number of words: enter in the middle */
        bne     3f
2:      WORD
3:      WORD
        ldr     r3, [sp, #IN_END]
        cmp     r1, r3
        bne     2b
4:      ldrd    r1, r3, [sp, #REST]
        cmp     r3, #0
        beq     5f
        sxtb16  r12, r1
        EIGHT
        sxtb16  r12, r1, ror #8
        EIGHT
5:      ldr     r0, [sp, #ZERO_POINT]
        ldrd    r12, lr, [sp, #OUT]
        .irp    a, r4, r5, r6, r7, r8, r9, r10, r11
        ldrd    r1, r3, [r2], #8
        REQUANTIZE \a, r1, r3, r0
        strb    \a, [r12], #1
        cmp     r12, lr
        beq     6f
        .endr
        str     r12, [sp, #OUT]
        b       1b
6:      add     sp, sp, #36
        .cfi_def_cfa_offset 36
        pop     {r4-r11, pc}
ENDFUNC stator_fully_connected_v7em_pairs_row
