/* A row of a matrix product for Armv8-M Baseline and Armv6-M, eight units side by side; see fully_connected_v8mbase.h for the layouts. */
#include "common/asm.h"
        .arch   armv6-m

/* void stator_fully_connected_v8mbase_row(
 *     int8_t *out,             r0
 *     const int8_t *in,        r1
 *     const int32_t *stream,   r2
 *     int32_t depth,           r3
 *     int32_t units);          sp + 0
 *
 * Clobbers r0-r3, r12, lr, flags. Reads row and stream exactly. Per input: 9 loads, 8 products, 9 sums.
 * Registers of the sums: r0 stream, r1 inputs, r2 input, r3 weight and product, r4 end, r5 sum of the inputs; r6-r12, lr sums.
 * Of the outputs: r11 stream, r7 place in the sums, r12 their end; r5 multiplier's lower half, r2 its upper, r3 shift, r4 zero point + 128.
 */
        .equ    SUMS, 0                 /* of the frame */
        .equ    OUT, 32
        .equ    IN, 36
        .equ    END, 40                 /* of the inputs */
        .equ    FOURS_END, 44           /* of those that come in fours */
        .equ    OFFSET, 48
        .equ    FRAME, 52
        .equ    UNITS, FRAME + 36

        .macro  UNIT at, sum
        ldrb    r3, [r0, #\at]
        muls    r3, r2, r3
        add     \sum, r3
        .endm

        .macro  INPUT k
        ldrb    r2, [r1, #\k]
        sxtb    r2, r2
        adds    r5, r5, r2
        UNIT    8 * \k, r6
        UNIT    8 * \k + 1, r7
        UNIT    8 * \k + 2, r8
        UNIT    8 * \k + 3, r9
        UNIT    8 * \k + 4, r10
        UNIT    8 * \k + 5, r11
        UNIT    8 * \k + 6, r12
        UNIT    8 * \k + 7, lr
        .endm

FUNC stator_fully_connected_v8mbase_row
        PUSH_SAVED_BASE
        sub     sp, sp, #FRAME
        .cfi_def_cfa_offset FRAME + 36
        str     r0, [sp, #OUT]
        str     r1, [sp, #IN]
        adds    r4, r1, r3
        str     r4, [sp, #END]
        lsrs    r3, r3, #2
        lsls    r3, r3, #2
        adds    r4, r1, r3
        str     r4, [sp, #FOURS_END]
        mov     r0, r2
1:      ldm     r0!, {r2-r5}            /* sums begin with the biases */
        movs    r6, r2
        movs    r7, r3
        mov     r8, r4
        mov     r9, r5
        ldm     r0!, {r2-r5}
        mov     r10, r2
        mov     r11, r3
        mov     r12, r4
        mov     lr, r5
        movs    r5, #0
        ldr     r1, [sp, #IN]
        ldr     r4, [sp, #FOURS_END]
        cmp     r1, r4
        beq     3f
2:      INPUT   0
        INPUT   1
        INPUT   2
        INPUT   3
        adds    r0, r0, #32
        adds    r1, r1, #4
        cmp     r1, r4
        bne     2b
3:      ldr     r4, [sp, #END]
        cmp     r1, r4
        beq     5f
4:      INPUT   0
        adds    r0, r0, #8
        adds    r1, r1, #1
        cmp     r1, r4
        bne     4b
5:      lsls    r5, r5, #7
        str     r5, [sp, #OFFSET]
        mov     r1, sp
        mov     r2, r8
        mov     r3, r9
        mov     r4, r10
        mov     r5, r11
        stm     r1!, {r6, r7}
        stm     r1!, {r2-r5}
        mov     r2, r12
        mov     r3, lr
        stm     r1!, {r2, r3}
        mov     r12, r1
        BASE_CONSTANTS r1
        mov     r7, sp
6:      ldm     r0!, {r2-r4}            /* an output */
        mov     r11, r0
        uxth    r5, r2
        lsrs    r2, r2, #16
        ldr     r6, [r7]
        ldr     r0, [sp, #OFFSET]
        subs    r6, r6, r0
        REQUANTIZE_BASE r6, r5, r2, r3, r4, r0, r1
        ldr     r0, [sp, #OUT]
        strb    r6, [r0]
        adds    r0, r0, #1
        str     r0, [sp, #OUT]
        ldr     r0, [sp, #UNITS]
        subs    r0, r0, #1
        str     r0, [sp, #UNITS]
        beq     7f
        mov     r0, r11
        adds    r7, r7, #4
        cmp     r7, r12
        bne     6b
        b       1b
7:      add     sp, sp, #FRAME
        .cfi_def_cfa_offset 36
        RETURN_SAVED_BASE
ENDFUNC stator_fully_connected_v8mbase_row
