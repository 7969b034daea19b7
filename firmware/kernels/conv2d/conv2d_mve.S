/* 2 pixels x 4 channels for Armv8.1-M with Helium; see conv2d_mve.h for the layouts. */
#include "common/mve.inc"

/* void stator_conv2d_mve_pairs(struct stator_conv2d_mve_pairs *pairs);     r0
 *
 * Clobbers r0-r3, r12, lr, q0-q3, flags, VPR. Reads the stream exactly and whole vectors of the windows' rows.
 * Tile: sums r0 r2 r4 r6 of the first pixel (channels 0..3), r8 r10 r12 lr of the second: these are what VMLADAV can add to.
 * r1 r3 windows, r5 stream, r7 skip, r9 rows left, r11 turns of the loop; q0 q1 the windows, q2 q3 weights.
 * Frame: a copy of what a tile starts with and where loops are entered, then `pairs`.
 */
        .equ    FIRST, 0                /* five words are loaded together: first, second, skip, rows, first_turns */
        .equ    SECOND, 4
        .equ    TURNS, 20
        .equ    FIRST_ENTRY, 24
        .equ    ENTRY, 28
        .equ    LEFT, 32                /* four words are loaded together: channels left, out, other_out, power */
        .equ    OUT, 36
        .equ    STREAM, 48
        .equ    ZERO_POINT, 52
        .equ    COUNT, 56
        .equ    WINDOW_STEP, 60
        .equ    OUT_STEP, 64
        .equ    CHANNELS, 68
        .equ    FRAME, 72
        .equ    UNROLL, 4               /* vectors per turn of the loop */
        .equ    STEP, 56                /* bytes of code per vector */

        .macro  CHANNEL op, w, a, b
        vldrb.8 \w, [r5], #16
        \op     \a, q0, \w
        \op     \b, q1, \w
        .endm

        .macro  VECTOR op               /* 128 products */
        vldrb.8 q0, [r1], #16
        vldrb.8 q1, [r3], #16
        CHANNEL \op, q2, r0, r8
        CHANNEL \op, q3, r2, r10
        CHANNEL \op, q2, r4, r12
        CHANNEL \op, q3, r6, lr
        .endm

FUNC stator_conv2d_mve_pairs
        PUSH_SAVED
        sub     sp, sp, #FRAME
        .cfi_def_cfa_offset 36 + FRAME
        vldrw.32 q0, [r0]
        vldrw.32 q1, [r0, #16]
        vldrw.32 q2, [r0, #32]
        vldrw.32 q3, [r0, #48]
        vstrw.32 q0, [sp]
        vstrw.32 q1, [sp, #16]
        vstrw.32 q2, [sp, #32]
        vstrw.32 q3, [sp, #48]
        ldr     r1, [r0, #OUT_STEP]
        ldr     r2, [sp, #LEFT]
        str     r1, [sp, #OUT_STEP]
        str     r2, [sp, #CHANNELS]
        ldrd    r1, r2, [sp, #FIRST_ENTRY]      /* entries as places in the code */
        ldr     r4, [sp, #TURNS]
        adr     r3, 3f
        cmp     r4, #1
        it      le
        addle   r3, r3, #LONG           /* no row takes more than one turn */
        movs    r4, #STEP
        mla     r1, r1, r4, r3
        mla     r2, r2, r4, r3
        orr     r1, r1, #1
        orr     r2, r2, #1
        strd    r1, r2, [sp, #FIRST_ENTRY]
1:      ldr     r5, [sp, #STREAM]
2:      ldm     sp, {r1, r3, r7, r9, r11}
        VECTOR  vmladav.s8
        ldr     pc, [sp, #FIRST_ENTRY]
        .balign 4
3:      .rept   UNROLL
        VECTOR  vmladava.s8
        .endr
        subs    r11, r11, #1
        bgt     3b
        subs    r9, r9, #1
        beq     4f
        add     r1, r1, r7
        add     r3, r3, r7
        ldr     r11, [sp, #TURNS]
        ldr     pc, [sp, #ENTRY]
        .balign 4
8:      .equ    LONG, 8b - 3b
        .rept   UNROLL
        VECTOR  vmladava.s8
        .endr
        subs    r9, r9, #1
        beq     4f
        add     r1, r1, r7
        add     r3, r3, r7
        ldr     pc, [sp, #ENTRY]
4:      FOUR    q2, r0, r2, r4, r6
        FOUR    q3, r8, r10, r12, lr
        add     r4, sp, #LEFT
        ldm     r4, {r0, r1, r2, r3}
        cbz     r3, 6f
        vldrw.32 q0, [r5]
        vldrw.32 q1, [r5], #16
        vmla.s32 q0, q2, r3
        vmla.s32 q1, q3, r3
        vldrw.32 q2, [r5], #16
        vmulh.s32 q0, q0, q2
        vmulh.s32 q1, q1, q2
        NARROW_HIGH q0, q1
5:      vqmovnb.s16 q0, q0              /* bytes 0 of the first pixel, bytes 2 of the second */
        vctp.32 r0
        subs    r0, r0, #4
        vpsttt
        vstrbt.32 q0, [r1], #4
        vshrt.u32 q0, q0, #16
        vstrbt.32 q0, [r2], #4
        stm     r4, {r0, r1, r2}
        bgt     2b
        ldr     r3, [sp, #COUNT]
        subs    r3, r3, #1
        beq     7f
        str     r3, [sp, #COUNT]
        ldr     r3, [sp, #WINDOW_STEP]
        ldrd    r5, r6, [sp, #OUT_STEP] /* and channels */
        ldrd    r7, r8, [sp, #FIRST]
        subs    r0, r6, r0              /* all channels, and those that were missing: what the outputs moved on by */
        subs    r5, r5, r0
        mov     r0, r6
        add     r1, r1, r5
        add     r2, r2, r5
        stm     r4, {r0, r1, r2}
        add     r7, r7, r3
        add     r8, r8, r3
        strd    r7, r8, [sp, #FIRST]
        b       1b
6:      ldr     r6, [sp, #ZERO_POINT]
        vldrw.32 q0, [r5], #16
        vldrw.32 q1, [r5], #16
        REQUANTIZE_4 q2, q0, q1
        REQUANTIZE_4 q3, q0, q1
        vldrw.32 q0, [r5], #16
        ROUND_4 q2, q1, q0, r6
        ROUND_4 q3, q1, q0, r6
        vqmovnb.s32 q0, q2
        vqmovnt.s32 q0, q3
        b       5b
7:      add     sp, sp, #FRAME
        .cfi_def_cfa_offset 36
        pop     {r4-r11, pc}
ENDFUNC stator_conv2d_mve_pairs

/* void stator_conv2d_mve_gather(
 *     int8_t *to,                  r0
 *     const int8_t *from,          r1
 *     int32_t bytes,               r2, of a row, at least 1
 *     int32_t rows,                r3, at least 1
 *     int32_t to_pitch,            sp + 0
 *     int32_t from_pitch);         sp + 4
 *
 * Clobbers r0-r3, r12, lr, q0, flags, VPR. Over-read: none.
 */
FUNC stator_conv2d_mve_gather
        push    {r4, r5, r6, lr}
        .cfi_def_cfa_offset 16
        .cfi_offset lr, -4
        ldrd    r4, r5, [sp, #16]
        cmp     r2, #16
        bgt     2f
        vctp.8  r2
        dls     lr, r3
1:      vpstt
        vldrbt.u8 q0, [r1]
        vstrbt.8 q0, [r0]
        add     r1, r1, r5
        add     r0, r0, r4
        le      lr, 1b
        pop     {r4, r5, r6, pc}
2:      mov     r6, r0
        mov     r12, r1
        wlstp.8 lr, r2, 4f
3:      vldrb.u8 q0, [r12], #16
        vstrb.8 q0, [r6], #16
        letp    lr, 3b
4:      add     r1, r1, r5
        add     r0, r0, r4
        subs    r3, r3, #1
        bne     2b
        pop     {r4, r5, r6, pc}
ENDFUNC stator_conv2d_mve_gather
