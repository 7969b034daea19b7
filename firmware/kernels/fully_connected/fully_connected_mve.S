/* Matrix-vector product for Armv8.1-M with Helium, eight units at a time; see fully_connected_mve.h for the layout. */
#include "common/mve.inc"

/* void stator_fully_connected_mve_row(const struct stator_fully_connected_mve_row *row);     r0
 *
 * Clobbers r0-r3, r12, lr, q0-q3, flags, VPR. Over-read: none.
 * Registers: sums r0 r2 r4 r6 (units 0 2 4 6) r8 r10 r12 lr (units 1 3 5 7); r1 row, r5 stream, r11 turns; q0 row, q1 weights.
 * Frame: a copy of *row.
 */
        .equ    ENTRY, 16
        .equ    POWER, 20               /* and out */
        .equ    OUT, 24                 /* and units */
        .equ    STREAM, 32
        .equ    ZERO_POINT, 36
        .equ    FRAME, 48
        .equ    UNROLL, 4               /* vectors per turn of the loop */
        .equ    STEP, 68                /* bytes of code per vector */

        .macro  EIGHT op
        .irp    sum, r0, r2, r4, r6, r8, r10, r12, lr
        vldrb.8 q1, [r5], #16
        \op     \sum, q0, q1
        .endr
        .endm

FUNC stator_fully_connected_mve_row
        PUSH_SAVED
        sub     sp, sp, #FRAME
        .cfi_def_cfa_offset 36 + FRAME
        vldrw.32 q0, [r0]
        vldrw.32 q1, [r0, #16]
        vldrw.32 q2, [r0, #32]
        vstrw.32 q0, [sp]
        vstrw.32 q1, [sp, #16]
        vstrw.32 q2, [sp, #32]
        adr     r3, 2f
        ldr     r1, [sp, #ENTRY]
        ldr     r5, [sp, #STREAM]
        movs    r4, #STEP
        mla     r1, r1, r4, r3
        orr     r1, r1, #1
        str     r1, [sp, #ENTRY]
1:      ldm     sp, {r1, r3, r7, r11}
        vctp.8  r7
        vpst
        vldrbt.u8 q0, [r3]
        EIGHT   vmladav.s8
        ldr     pc, [sp, #ENTRY]
        .balign 4
2:      .rept   UNROLL
        vldrb.8 q0, [r1], #16
        EIGHT   vmladava.s8
        .endr
        subs    r11, r11, #1
        bgt     2b
        FOUR    q2, r0, r2, r4, r6
        FOUR    q3, r8, r10, r12, lr
        ldr     r0, [sp, #POWER]
        ldrd    r2, r1, [sp, #OUT]
        cbz     r0, 4f
        vldrw.32 q0, [r5], #16
        vldrw.32 q1, [r5], #16
        vmla.s32 q0, q2, r0
        vmla.s32 q1, q3, r0
        vldrw.32 q2, [r5], #16
        vldrw.32 q3, [r5], #16
        vmulh.s32 q0, q0, q2
        vmulh.s32 q1, q1, q3
        NARROW_HIGH q0, q1
3:      vqmovnb.s16 q0, q0
        vctp.16 r1
        subs    r1, r1, #8
        vpst
        vstrbt.16 q0, [r2], #8
        strd    r2, r1, [sp, #OUT]
        bgt     1b
        add     sp, sp, #FRAME
        .cfi_def_cfa_offset 36
        pop     {r4-r11, pc}
        .cfi_def_cfa_offset 36 + FRAME
4:      ldr     r4, [sp, #ZERO_POINT]
        vldrw.32 q0, [r5], #16
        vldrw.32 q1, [r5, #16]
        REQUANTIZE_4 q2, q0, q1
        vldrw.32 q0, [r5], #32
        vldrw.32 q1, [r5], #16
        REQUANTIZE_4 q3, q0, q1
        vldrw.32 q0, [r5], #16
        ROUND_4 q2, q1, q0, r4
        vldrw.32 q0, [r5], #16
        ROUND_4 q3, q1, q0, r4
        vqmovnb.s32 q0, q2
        vqmovnt.s32 q0, q3
        b       3b
ENDFUNC stator_fully_connected_mve_row
