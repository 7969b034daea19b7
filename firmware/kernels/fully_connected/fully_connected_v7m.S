/* A row of a matrix product for Armv7-M, eight units side by side; see fully_connected_v7m.h for the layouts. */
#include "common/asm.h"
        .arch   armv7-m

/* void stator_fully_connected_v7m_row(
 *     int8_t *out,             r0
 *     const int8_t *in,        r1
 *     const int32_t *stream,   r2
 *     int32_t depth,           r3
 *     int32_t units);          sp + 0
 *
 * Clobbers r0-r3, r12, lr, flags, Q. Reads row and stream exactly. Per input: 9 loads, 8 products.
 * Registers: r0 stream, r1 inputs, r4-r11 sums; r2 r3 inputs and weights, r12 lr weights.
 * Frame: 0 output, 4 inputs, less those that the loop is entered behind, 8 bytes of the stream that are for these, 12 where it is entered,
 * 16 end of the inputs.
 */
        .equ    OUT, 0
        .equ    IN, 4
        .equ    BACK, 8
        .equ    ENTRY, 12
        .equ    END, 16
        .equ    FRAME, 20
        .equ    UNITS, FRAME + 36
        .equ    UNROLL, 4               /* inputs per turn of the loop; a power of 2 */
        .equ    STEP, 68                /* bytes of code per input */

        .macro  FOUR at, a, b, c, d
        ldrsb   r3, [r0, #\at]
        ldrsb   r12, [r0, #\at + 1]
        mla     \a, r2, r3, \a
        ldrsb   lr, [r0, #\at + 2]
        ldrsb   r3, [r0, #\at + 3]
        mla     \b, r2, r12, \b
        mla     \c, r2, lr, \c
        mla     \d, r2, r3, \d
        .endm

        .macro  INPUT k
        ldrsb   r2, [r1, #\k]
        FOUR    8 * \k, r4, r5, r6, r7
        FOUR    8 * \k + 4, r8, r9, r10, r11
        .endm

        .macro  FINISH a
        ldm     r0!, {r3, r12, lr}
        REQUANTIZE_LONG \a, r3, r12, lr, r1
        strb    \a, [r2], #1
        .endm

        .macro  LAST                    /* where this was the last unit */
        ldr     r3, [sp, #UNITS]
        subs    r3, r3, #1
        str     r3, [sp, #UNITS]
        beq     5f
        .endm

FUNC stator_fully_connected_v7m_row
        PUSH_SAVED
        sub     sp, sp, #FRAME
        .cfi_def_cfa_offset FRAME + 36
        rsb     r4, r3, #0
        and     r4, r4, #UNROLL - 1     /* enter where what is left is a multiple of UNROLL */
        movs    r5, #STEP
        adr     r6, 3f
        mla     r5, r4, r5, r6
        orr     r5, r5, #1
        add     r3, r3, r1
        sub     r1, r1, r4
        lsl     r4, r4, #3
        strd    r0, r1, [sp, #OUT]
        strd    r4, r5, [sp, #BACK]
        str     r3, [sp, #END]
        mov     r0, r2
1:      ldm     r0!, {r4-r11}
        ldr     r1, [sp, #IN]
        ldr     r2, [sp, #BACK]
        sub     r0, r0, r2
        ldr     pc, [sp, #ENTRY]
        .balign 4
3:      INPUT   0
        INPUT   1
        INPUT   2
        INPUT   3
        ldr     r3, [sp, #END]
        adds    r1, r1, #UNROLL
        adds    r0, r0, #8 * UNROLL
        cmp     r1, r3
        bne     3b
        ldr     r2, [sp, #OUT]
        .irp    a, r4, r5, r6, r7, r8, r9, r10, r11
        FINISH  \a
        LAST
        .endr
        str     r2, [sp, #OUT]
        b       1b
5:      add     sp, sp, #FRAME
        .cfi_def_cfa_offset 36
        pop     {r4-r11, pc}
ENDFUNC stator_fully_connected_v7m_row
