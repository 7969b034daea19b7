/* Depthwise 3x3 for Armv8.1-M with Helium: lines of outputs; see depthwise_conv2d_mve_3x3.h for the layouts. */
#include "common/mve.inc"

/* void stator_depthwise_conv2d_mve_two(struct stator_depthwise_conv2d_mve_lines *lines);     r0
 * void stator_depthwise_conv2d_mve_one(struct stator_depthwise_conv2d_mve_lines *lines);
 * void stator_depthwise_conv2d_mve_one_stride_2(struct stator_depthwise_conv2d_mve_lines *lines);
 *
 * Clobbers r0-r3, r12, lr, q0-q3, flags, VPR. Over-read: up to 4 bytes of the plane behind the last window.
 * Registers: sums r0 r2 r4 r6; r1 windows, r3 offset, r5 output, r7 stream, r8 from a vector of outputs to the next, r9 plane, r10
 * channels left, r11 lines, r12 vectors; q0 q1 windows, q2 q3 weights of the first and the second line, q4 sums, q5 places of four
 * outputs, q6 multiplier, q7 power.
 */
        .equ    PLANE, 0
        .equ    STREAM, 4
        .equ    OUT, 8
        .equ    CHANNELS, 12
        .equ    PITCH, 16
        .equ    ROTATED, 20
        .equ    COUNT, 24
        .equ    STEP, 28                /* and next */
        .equ    NEXT, 32

        .macro  START
        PUSH_SAVED
        vpush   {d8-d15}
        .cfi_def_cfa_offset 100
        mov     r11, r0
        ldr     r7, [r11, #STREAM]
        ldr     r9, [r11, #PLANE]
        ldr     r10, [r11, #CHANNELS]
        ldrd    r8, r1, [r11, #STEP]
        .endm

        .macro  CHANNEL                 /* weights and constants of the next one; r4: outputs of a line */
        vldrw.32 q2, [r7], #16
        ldm     r7!, {r0, r2, r3}
        vdup.32 q6, r0
        vdup.32 q7, r2
        ldrd    r2, r4, [r11, #ROTATED]
        cbz     r2, 1f
        vrev32.16 q2, q2
1:      ldr     r5, [r11, #OUT]
        mov     r1, r9
        .endm

        .macro  NEXT_CHANNEL again
        ldr     r0, [r11, #PITCH]
        ldr     r1, [r11, #OUT]
        add     r9, r9, r0
        add     r1, r1, #1
        str     r1, [r11, #OUT]
        subs    r10, r10, #1
        bne     \again
        vpop    {d8-d15}
        .cfi_def_cfa_offset 36
        pop     {r4-r11, pc}
        .endm

        .macro  FINISH                  /* q4: low bytes of the lanes */
        FOUR    q4, r0, r2, r4, r6
        vmlas.s32 q4, q7, r3
        vmulh.s32 q4, q4, q6
        vqrshrnb.s32 q4, q4, #8
        vqmovnb.s16 q4, q4
        .endm

        .macro  TWO                     /* two outputs of both lines */
        vldrb.8 q0, [r1], #4
        vmladav.s8 r0, q0, q2
        vmladav.s8 r2, q0, q3
        vldrb.8 q1, [r1], #4
        vmladav.s8 r4, q1, q2
        vmladav.s8 r6, q1, q3
        FINISH
        .endm

FUNC stator_depthwise_conv2d_mve_two
        START
        movs    r0, #0                  /* places: 0, next, step, next + step */
        add     r2, r8, r1
        FOUR    q5, r0, r1, r8, r2
        lsl     r8, r8, #1
2:      CHANNEL
        vshl.i32 q3, q2, #8
        ldr     r0, [r11, #ROTATED]
        cbz     r0, 3f
        vrev32.16 q0, q2                /* the second line's weights wrap around the word */
        vshl.i32 q3, q0, #8
        vrev32.16 q3, q3
3:      lsrs    r12, r4, #1
        beq     5f
        dls     lr, r12
4:      TWO
        vstrb.32 q4, [r5, q5]
        add     r5, r5, r8
        le      lr, 4b
5:      ldr     r4, [r11, #COUNT]
        lsls    r4, r4, #31
        beq     6f
        TWO                             /* the second of both lies past the line's end */
        movs    r0, #2
        vctp.32 r0
        vpst
        vstrbt.32 q4, [r5, q5]
6:      NEXT_CHANNEL 2b
ENDFUNC stator_depthwise_conv2d_mve_two

        .macro  ONE bytes               /* four outputs */
        .irp    sum, r0, r2, r4, r6
        vldrb.8 q0, [r1], #\bytes
        vmladav.s8 \sum, q0, q2
        .endr
        FINISH
        .endm

        .macro  LINE bytes
        START
        movs    r0, #0
        lsl     r1, r8, #1
        add     r2, r1, r8
        FOUR    q5, r0, r8, r1, r2
        lsl     r8, r8, #2
2:      CHANNEL
        lsrs    r12, r4, #2
        beq     4f
        dls     lr, r12
3:      ONE     \bytes
        vstrb.32 q4, [r5, q5]
        add     r5, r5, r8
        le      lr, 3b
4:      ldr     r12, [r11, #COUNT]
        ands    r12, r12, #3
        beq     5f
        ONE     \bytes
        vctp.32 r12
        vpst
        vstrbt.32 q4, [r5, q5]
5:      NEXT_CHANNEL 2b
        .endm

FUNC stator_depthwise_conv2d_mve_one
        LINE    4
ENDFUNC stator_depthwise_conv2d_mve_one

FUNC stator_depthwise_conv2d_mve_one_stride_2
        LINE    8
ENDFUNC stator_depthwise_conv2d_mve_one_stride_2

/* void stator_depthwise_conv2d_mve_spread(
 *     int8_t *to,              r0
 *     const int8_t *from,      r1
 *     int32_t step,            r2
 *     int32_t count,           r3, at least 1
 *     int32_t pitch,           sp + 0
 *     int32_t channels);       sp + 4, 1..8
 *
 * Clobbers r0-r3, r12, lr, q0-q2, flags, VPR. Over-read: none.
 */
FUNC stator_depthwise_conv2d_mve_spread
        push    {r4, lr}
        .cfi_def_cfa_offset 8
        .cfi_offset lr, -4
        ldrd    r4, r12, [sp, #8]
        movs    lr, #0
        vidup.u16 q1, lr, #1
        vmul.i16 q1, q1, r4
        vctp.16 r12
        cmp     r12, #8
        blo     3f
        adds    r4, r0, #4
        lsrs    r12, r3, #1
        beq     2f
        dls     lr, r12
1:      vldrb.u16 q0, [r1]
        add     r1, r1, r2
        vldrb.u16 q2, [r1]
        add     r1, r1, r2
        vstrb.16 q0, [r0, q1]
        add     r0, r0, #8
        vstrb.16 q2, [r4, q1]
        add     r4, r4, #8
        le      lr, 1b
2:      ands    r3, r3, #1
        it      eq
        popeq   {r4, pc}
3:      dls     lr, r3
4:      vpstt
        vldrbt.u16 q0, [r1]
        vstrbt.16 q0, [r0, q1]
        add     r1, r1, r2
        add     r0, r0, #4
        le      lr, 4b
        pop     {r4, pc}
ENDFUNC stator_depthwise_conv2d_mve_spread
