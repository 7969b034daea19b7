/* 2 pixels x 4 channels for Armv7-M; see conv2d_v7m.h for the layouts. */
#include "common/asm.h"
        .arch   armv7-m

/* void stator_conv2d_v7m_pair(const struct stator_conv2d_block *block, int32_t first);     r0 r1
 *
 * Clobbers r0-r3, r12, lr, flags, Q. Reads stream and windows exactly. Per byte of the window: 6 loads, 8 products.
 * Tile: first pixel r4-r7, second r8-r11 (channels 0..3); r0 stream, r1 r2 places in the windows, r3 r12 activations, lr weight.
 */
        .equ    STREAM, 0               /* of the block */
        .equ    FROM, 4
        .equ    TO, 20
        .equ    CHANNELS, 36
        .equ    ROWS, 40
        .equ    ROW_BYTES, 44
        .equ    SKIP, 48
        .equ    END, 0                  /* of the frame: end of the row in the first window */
        .equ    BLOCK, 4
        .equ    BACK, 8                 /* bytes from a row's start back to where the loop is entered, and where that is */
        .equ    ENTRY, 12
        .equ    ROWS_LEFT, 16
        .equ    CHANNELS_LEFT, 20
        .equ    OUTS, 24
        .equ    WINDOWS, 32
        .equ    UNROLL, 8               /* bytes of the window per turn of the loop; a power of 2 */
        .equ    STEP, 56                /* bytes of code per byte of the window */

        .macro  CHANNEL at, a, b
        ldrsb   lr, [r0, #\at]
        mla     \a, r3, lr, \a
        mla     \b, r12, lr, \b
        .endm

        .macro  TAP k
        ldrsb   r3, [r1, #\k]
        ldrsb   r12, [r2, #\k]
        CHANNEL 4 * \k, r4, r8
        CHANNEL 4 * \k + 1, r5, r9
        CHANNEL 4 * \k + 2, r6, r10
        CHANNEL 4 * \k + 3, r7, r11
        .endm

        .macro  FINISH a, b
        ldm     r0!, {r3, r12, lr}
        REQUANTIZE_LONG \a, r3, r12, lr, r1
        REQUANTIZE_LONG \b, r3, r12, lr, r1
        .endm

        .macro  STORE a, b
        strb    \a, [r1], #1
        strb    \b, [r2], #1
        subs    r3, r3, #1
        beq     5f
        .endm

FUNC stator_conv2d_v7m_pair
        PUSH_SAVED
        sub     sp, sp, #44
        .cfi_def_cfa_offset 80
        add     r1, r0, r1, lsl #2
        ldrd    r4, r5, [r1, #FROM]
        strd    r4, r5, [sp, #WINDOWS]
        ldrd    r4, r5, [r1, #TO]
        strd    r4, r5, [sp, #OUTS]
        ldr     r4, [r0, #ROW_BYTES]    /* enter where what is left is a multiple of UNROLL */
        rsb     r4, r4, #0
        and     r4, r4, #UNROLL - 1
        movs    r5, #STEP
        adr     r6, 3f
        mla     r5, r4, r5, r6
        orr     r5, r5, #1
        strd    r4, r5, [sp, #BACK]
        ldr     r4, [r0, #CHANNELS]
        str     r4, [sp, #CHANNELS_LEFT]
        str     r0, [sp, #BLOCK]
        ldr     r0, [r0, #STREAM]
1:      ldm     r0!, {r4-r7}
        ldr     r3, [sp, #BLOCK]
        ldrd    r1, r2, [sp, #WINDOWS]
        mov     r8, r4
        mov     r9, r5
        mov     r10, r6
        mov     r11, r7
        ldr     r12, [r3, #ROWS]
2:      str     r12, [sp, #ROWS_LEFT]   /* a row */
        ldr     r12, [r3, #ROW_BYTES]
        add     r12, r12, r1
        str     r12, [sp, #END]
        ldr     r12, [sp, #BACK]
        sub     r1, r1, r12
        sub     r2, r2, r12
        sub     r0, r0, r12, lsl #2
        ldr     pc, [sp, #ENTRY]
        .balign 4
3:      TAP     0
        TAP     1
        TAP     2
        TAP     3
        TAP     4
        TAP     5
        TAP     6
        TAP     7
        ldr     lr, [sp, #END]
        add     r1, r1, #UNROLL
        add     r2, r2, #UNROLL
        add     r0, r0, #4 * UNROLL
        cmp     r1, lr
        bne     3b
        ldr     r12, [sp, #ROWS_LEFT]
        subs    r12, r12, #1
        beq     4f
        ldr     r3, [sp, #BLOCK]
        ldr     lr, [r3, #SKIP]
        add     r1, r1, lr
        add     r2, r2, lr
        b       2b
4:      FINISH  r4, r8
        FINISH  r5, r9
        FINISH  r6, r10
        FINISH  r7, r11
        ldr     r3, [sp, #CHANNELS_LEFT]
        ldrd    r1, r2, [sp, #OUTS]
        STORE   r4, r8
        STORE   r5, r9
        STORE   r6, r10
        STORE   r7, r11
        str     r3, [sp, #CHANNELS_LEFT]
        strd    r1, r2, [sp, #OUTS]
        b       1b
5:      add     sp, sp, #44
        .cfi_def_cfa_offset 36
        pop     {r4-r11, pc}
ENDFUNC stator_conv2d_v7m_pair
