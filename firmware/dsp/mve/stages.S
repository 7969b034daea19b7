/* See stages.h. Armv8.1-M with Helium: two complex numbers are one vector, their real parts in the even lanes. 200 B of stack.
 *
 * Turning z by an angle: VCADD of what z times the cosine and z times the sine leave in their upper halves, turned by three quarters.
 */
#include "common/mve.inc"

        .equ    COSINE, 1024            /* bytes from a sine to its cosine */
        .equ    EIGHTH, 1518500250      /* sin(pi / 4) in q31 */
        .equ    FRAME, 96

        .macro  ENTER
        push    {r4-r12, lr}
        .cfi_def_cfa_offset 40
        .cfi_rel_offset r4, 0
        .cfi_rel_offset r5, 4
        .cfi_rel_offset r6, 8
        .cfi_rel_offset r7, 12
        .cfi_rel_offset r8, 16
        .cfi_rel_offset r9, 20
        .cfi_rel_offset r10, 24
        .cfi_rel_offset r11, 28
        .cfi_rel_offset lr, 36
        vpush   {d8-d15}
        .cfi_adjust_cfa_offset 64
        sub     sp, sp, #FRAME
        .cfi_adjust_cfa_offset FRAME
        .endm

        .macro  LEAVE
        add     sp, sp, #FRAME
        vpop    {d8-d15}
        pop     {r4-r12, pc}
        .endm

/* The last step of a butterfly (combine() of stages.c) of q0 to q3, which are turned and halved, in the order of the input modulo 4.
 * Leaves the outputs in q3, q2, q4, q5. */
        .macro  COMBINE
        vhadd.s32 q4, q0, q2
        vhsub.s32 q0, q0, q2
        vhadd.s32 q2, q1, q3
        vhsub.s32 q1, q1, q3
        vadd.i32 q3, q4, q2
        vsub.i32 q4, q4, q2
        vcadd.i32 q2, q0, q1, #270
        vcadd.i32 q5, q0, q1, #90
        .endm

        .macro  HALVE
        .irp    n, 0, 1, 2, 3
        vshr.s32 q\n, q\n, #1
        .endr
        .endm

/* To numbers `at` and `apart`, twice `apart`, ... bytes further, of where the first stage's results of two butterflies go (q7). */
        .macro  SCATTER at, apart
        vstrd.64 q3, [q7, #\at]
        vstrd.64 q2, [q7, #\at + \apart]
        vstrd.64 q4, [q7, #\at + 2 * \apart]
        vstrd.64 q5, [q7, #\at + 3 * \apart]
        .endm

/* Of a first stage: r0 z, r4 bytes of half of it, r6 the butterfly's number, of which r12 turns the reversed one into bytes. */
        .macro  FIRST size
        lsl     r4, \size, #2
        clz     r12, \size
        subs    r12, r12, #2
        movs    r6, #0
        .endm

        .macro  PLACES
        rbit    r7, r6
        lsr     r7, r7, r12
        add     r7, r0, r7
        add     r8, r7, r4
        vmov    q7[2], q7[0], r7, r8
        adds    r6, r6, #2
        .endm

/* Constants of EIGHT in r9, r10, r11. */
        .macro  EIGHTHS
        movw    r9, #EIGHTH & 0xffff
        movt    r9, #EIGHTH >> 16
        mvn     r10, #0x80000000
        rsb     r11, r9, #0
        .endm

/* Of two numbers in q4 and q5, halved: the sum to \sum, the difference to the frame. */
        .macro  PAIR sum, number
        vshr.s32 q4, q4, #1
        vshr.s32 q5, q5, #1
        vadd.i32 \sum, q4, q5
        vsub.i32 q4, q4, q5
        vstrw.32 q4, [sp, #16 * \number]
        .endm

/* The radix-4 stage of eight numbers of which the radix-2 stage is done: sums in q0 to q3, differences in the frame. */
        .macro  EIGHT
        PLACES
        HALVE
        COMBINE
        SCATTER 0, 16
        vldrw.32 q0, [sp]
        vldrw.32 q1, [sp, #16]
        vldrw.32 q2, [sp, #32]
        vldrw.32 q3, [sp, #48]
        vshr.s32 q0, q0, #1
        vdup.32 q6, r9
        vmulh.s32 q4, q1, q6            /* turned by an eighth */
        vcadd.i32 q1, q4, q4, #270
        vdup.32 q5, r10
        vmulh.s32 q4, q2, q5            /* by two: times 2^31 - 1, as the table has it */
        vmov.i32 q5, #0
        vcadd.i32 q2, q5, q4, #270
        vdup.32 q5, r11
        vmulh.s32 q4, q3, q5            /* by three */
        vmulh.s32 q6, q3, q6
        vcadd.i32 q3, q4, q6, #270
        COMBINE
        SCATTER 8, 16
        .endm

/* void stator_stage_eights(int32_t *z, const int32_t *x, uint32_t size, int room) */
FUNC stator_stage_eights
        ENTER
        FIRST   r2
        EIGHTHS
        lsrs    r5, r2, #2              /* parts in an eighth: one number where size is 8 */
        dlstp.32 lr, r5
1:      mov     r7, r1
        add     r8, r1, r4
        .irp    i, 0, 1, 2, 3
        vldrw.32 q4, [r7]
        vldrw.32 q5, [r8]
        add     r7, r7, r2
        add     r8, r8, r2
        vshl.s32 q4, r3
        vshl.s32 q5, r3
        PAIR    q\i, \i
        .endr
        EIGHT
        adds    r1, r1, #16
        letp    lr, 1b
        LEAVE
ENDFUNC stator_stage_eights

/* Four samples 128 i further, r2 taken off, shifted left by r3, windowed. r5: the table, r8: 2^30. */
        .macro  WINDOWED x, i, t
        add     r7, r1, #256 * \i
        vldrh.s32 \x, [r7]
        addw    r7, r5, #(512 * \i + 1024) % 4096
        vldrw.32 \t, [r7]
        vsub.i32 \x, \x, r2
        vshr.s32 \t, \t, #1
        vshl.s32 \x, r3
        vmvn    \t, \t
        vadd.i32 \t, \t, r8
        vmulh.s32 \x, \x, \t
        .endm

/* void stator_stage_windowed(int32_t *z, const int16_t *half, int32_t mean, int32_t room) */
FUNC stator_stage_windowed
        ENTER
        mov     r7, #512
        FIRST   r7
        EIGHTHS
        ldr     r5, =stator_dsp_sine
        movs    r7, #32
        dls     lr, r7
1:      mov     r8, #1 << 30
        WINDOWED q4, 0, q6
        WINDOWED q5, 4, q7
        PAIR    q0, 0
        WINDOWED q4, 1, q6
        WINDOWED q5, 5, q7
        PAIR    q1, 1
        WINDOWED q4, 2, q6
        WINDOWED q5, 6, q7
        PAIR    q2, 2
        WINDOWED q4, 3, q6
        WINDOWED q5, 7, q7
        PAIR    q3, 3
        EIGHT
        adds    r1, r1, #8
        adds    r5, r5, #16
        le      lr, 1b
        LEAVE
        .ltorg
ENDFUNC stator_stage_windowed

/* void stator_stage_fours(int32_t *z, const int32_t *x, uint32_t size, int room) */
FUNC stator_stage_fours
        ENTER
        FIRST   r2
        lsls    r5, r2, #1              /* bytes of a quarter */
        lsrs    r7, r2, #1              /* parts in it: one number where size is 4 */
        dlstp.32 lr, r7
1:      mov     r7, r1
        .irp    n, 0, 1, 2, 3
        vldrw.32 q\n, [r7]
        add     r7, r7, r5
        vshl.s32 q\n, r3
        .endr
        PLACES
        HALVE
        COMBINE
        SCATTER 0, 8
        adds    r1, r1, #16
        letp    lr, 1b
        LEAVE
ENDFUNC stator_stage_fours

/* z turned and halved by the cosines and sines at sp + at; first: the first number is not turned, but halved. */
        .macro  TURN z, at, first
        vldrw.32 q4, [sp, #\at]
        vldrw.32 q5, [sp, #\at + 16]
        vmulh.s32 q4, \z, q4
        vmulh.s32 q5, \z, q5
        .if     \first
        vpst
        vshrt.s32 q4, \z, #1
        .endif
        vcadd.i32 \z, q4, q5, #270
        .endm

/* Two butterflies of each block. r4 to r7 numbers a, c, b, d, r8 bytes of a block. */
        .macro  BLOCKS first
        dls     lr, r3
1:      vldrw.32 q0, [r4]
        vldrw.32 q2, [r5]
        vldrw.32 q1, [r6]
        vldrw.32 q3, [r7]
        vshr.s32 q0, q0, #1
        TURN    q1, 0, \first
        TURN    q2, 32, \first
        TURN    q3, 64, \first
        COMBINE
        vstrw.32 q3, [r4]
        vstrw.32 q2, [r5]
        vstrw.32 q4, [r6]
        vstrw.32 q5, [r7]
        add     r4, r4, r8
        add     r5, r5, r8
        add     r6, r6, r8
        add     r7, r7, r8
        le      lr, 1b
        .endm

/* Cosines and sines of once, twice, three times the angles to the frame, and the next angles. q7: bytes in the table. */
        .macro  TURNS
        vshl.i32 q6, q7, #1
        vadd.i32 q5, q6, q7
        vldrw.32 q0, [r10, q7]
        vldrw.32 q1, [r9, q7]
        vldrw.32 q2, [r10, q6]
        vldrw.32 q3, [r9, q6]
        vldrw.32 q4, [r10, q5]
        vldrw.32 q6, [r9, q5]
        vstrw.32 q0, [sp]
        vstrw.32 q1, [sp, #16]
        vstrw.32 q2, [sp, #32]
        vstrw.32 q3, [sp, #48]
        vstrw.32 q4, [sp, #64]
        vstrw.32 q6, [sp, #80]
        vadd.i32 q7, q7, r11
        mov     r4, r0
        add     r5, r0, r2
        add     r6, r5, r2
        add     r7, r6, r2
        adds    r0, r0, #16
        .endm

/* void stator_stage_radix4(int32_t *z, const int32_t *end, uint32_t span)
 * r2 bytes of a quarter, r3 blocks, r11 bytes from a pair of turns to the next, r12 pairs of butterflies left. */
FUNC stator_stage_radix4
        ENTER
        mov     r11, #1024
        udiv    r11, r11, r2
        lsrs    r12, r2, #1
        lsls    r2, r2, #3
        lsls    r8, r2, #2
        subs    r3, r1, r0
        udiv    r3, r3, r8
        ldr     r9, =stator_dsp_sine
        add     r10, r9, #COSINE
        movs    r4, #0
        vmov.i32 q7, #0
        vmov    q7[2], q7[0], r4, r11
        vmov    q7[3], q7[1], r4, r11
        lsl     r11, r11, #1
        movw    r4, #0xff
        vmsr    p0, r4
        TURNS
        BLOCKS  1
2:      TURNS
        BLOCKS  0
        subs    r12, r12, #1
        cmp     r12, #1
        bne     2b
        LEAVE
        .ltorg
ENDFUNC stator_stage_radix4

/* void stator_stage_split(int32_t *z, uint32_t size, uint32_t bins)
 * All mirrored bins are written. r0, r1: bins k and k + 1, size - k and the one before; q7 bytes in the table of sines. */
FUNC stator_stage_split
        ENTER
        mov     r5, #2048
        udiv    r5, r5, r1              /* bytes from one turn to the next */
        add     r2, r0, r1, lsl #3
        subs    r2, r2, #16
        lsrs    r1, r1, #2
        dls     lr, r1
        ldrd    r3, r4, [r0]
        asrs    r3, r3, #1
        add     r3, r3, r4, asr #1
        movs    r4, #0
        strd    r3, r4, [r0], #8
        ldr     r9, =stator_dsp_sine
        add     r10, r9, #COSINE
        lsl     r11, r5, #1
        vmov    q7[2], q7[0], r5, r11
        vmov    q7[3], q7[1], r5, r11
        movs    r6, #8                  /* bytes from r2: the two numbers in reverse */
        vmov.i32 q6, #0
        vmov    q6[2], q6[0], r6, r4
        movw    r4, #0xf0f0             /* imaginary parts */
        vmsr    p0, r4
1:      vldrw.32 q0, [r0]
        vldrd.64 q1, [r2, q6]
        vldrw.32 q4, [r10, q7]          /* cosines and sines */
        vldrw.32 q5, [r9, q7]
        vshr.s32 q0, q0, #1
        vshr.s32 q1, q1, #1
        vpst
        vnegt.s32 q1, q1
        vadd.i32 q2, q0, q1             /* even */
        vsub.i32 q0, q0, q1
        vmov.i32 q1, #0
        vcadd.i32 q3, q1, q0, #270      /* odd */
        vmulh.s32 q0, q3, q4
        vmulh.s32 q1, q3, q5
        vcadd.i32 q0, q0, q1, #270
        vshr.s32 q1, q2, #1
        vadd.i32 q0, q0, q1             /* bins k */
        vmov    q1, q3
        vpstet                          /* behind it the predicate is again what it was */
        vnegt.s32 q2, q2
        vnege.s32 q4, q4
        vnegt.s32 q1, q1
        vmulh.s32 q4, q3, q4
        vmulh.s32 q5, q1, q5
        vshr.s32 q2, q2, #1
        vcadd.i32 q1, q4, q5, #270
        vadd.i32 q2, q2, q1
        vstrd.64 q2, [r2, q6]
        vstrw.32 q0, [r0], #16
        subs    r2, r2, #16
        vadd.i32 q7, q7, r11
        le      lr, 1b
        LEAVE
        .ltorg
ENDFUNC stator_stage_split
