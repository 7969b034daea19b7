/* See stages_q15.h. Armv8.1-M with Helium: four complex numbers are one vector, their real parts in the even lanes. 160 B of stack.
 *
 * Four butterflies at once. The FFT of the even numbers of eight waits on the stack while the odd ones' is made.
 */
#include "common/mve.inc"

        .equ    EIGHTH, 23170           /* sin(pi / 4) in q15 */
        .equ    PLACES, 64              /* in the frame: where the first stage's results go */
        .equ    FRAME, 80

        .macro  ENTER
        push    {r4-r6, lr}
        .cfi_def_cfa_offset 16
        .cfi_rel_offset r4, 0
        .cfi_rel_offset r5, 4
        .cfi_rel_offset r6, 8
        .cfi_rel_offset lr, 12
        vpush   {d8-d15}
        .cfi_adjust_cfa_offset 64
        sub     sp, sp, #FRAME
        .cfi_adjust_cfa_offset FRAME
        .endm

        .macro  LEAVE
        add     sp, sp, #FRAME
        vpop    {d8-d15}
        pop     {r4-r6, pc}
        .endm

/* The FFT of the four numbers q0 to q3, to q3, q2, q4, q5. */
        .macro  FFT_4
        vadd.i16 q4, q0, q2
        vsub.i16 q0, q0, q2
        vadd.i16 q2, q1, q3
        vsub.i16 q1, q1, q3
        vadd.i16 q3, q4, q2
        vsub.i16 q4, q4, q2
        vcadd.i16 q2, q0, q1, #270
        vcadd.i16 q5, q0, q1, #90
        .endm

        .macro  KEEP
        vstrw.32 q3, [sp]
        vstrw.32 q2, [sp, #16]
        vstrw.32 q4, [sp, #32]
        vstrw.32 q5, [sp, #48]
        .endm

/* Odd number 1 and 3 (q2, q5) turned by an eighth of a circle, to nearest, to q0 and q1. */
        .macro  TURN_EIGHTHS t
        movw    \t, #EIGHTH
        vdup.16 q6, \t
        vqrdmladh.s16 q0, q2, q6
        vqrdmlsdhx.s16 q0, q2, q6
        vqrdmladh.s16 q1, q5, q6
        vqrdmlsdhx.s16 q1, q5, q6
        .endm

/* Of even number `number`, on the stack, and the odd one in `odd`, the sum, to q5, and the difference, to q2. */
        .macro  OUT number, odd, add, sub
        vldrw.32 q2, [sp, #16 * \number]
        \add    q5, q2, \odd
        \sub    q2, q2, \odd
        .endm

        .macro  OUT_TURNED number, odd, add
        vldrw.32 q2, [sp, #16 * \number]
        \add    q5, q2, \odd, #270
        \add    q2, q2, \odd, #90
        .endm

/* The odd numbers' FFT and the results of the first stage, not scaled. The results of four butterflies lie at 256 bytes' distance; r6 is
 * the way to those of the next four: 1,024 bytes, or back and to the next place in all. */
        .macro  PUT_FIRST
        FFT_4
        TURN_EIGHTHS r3
        vldrw.32 q7, [sp, #PLACES]
        OUT     0, q3, vadd.i16, vsub.i16
        vstrw.32 q5, [q7]
        vstrw.32 q2, [q7, #16]
        OUT     1, q0, vadd.i16, vsub.i16
        vstrw.32 q5, [q7, #4]
        vstrw.32 q2, [q7, #20]
        OUT_TURNED 2, q4, vcadd.i16
        vstrw.32 q5, [q7, #8]
        vstrw.32 q2, [q7, #24]
        OUT_TURNED 3, q1, vcadd.i16
        vstrw.32 q5, [q7, #12]
        vstrw.32 q2, [q7, #28]
        vadd.i32 q7, q7, r6
        vstrw.32 q7, [sp, #PLACES]
        rsb     r6, r6, #32
        .endm

        .macro  ENTER_FIRST
        ENTER
        movs    r4, #0
        vidup.u32 q7, r4, #1            /* 0, 256, 512, 768 bytes from z */
        vshl.i32 q7, q7, #8
        vadd.i32 q7, q7, r0
        vstrw.32 q7, [sp, #PLACES]
        mov     r6, #1024
        movs    r4, #16
        dls     lr, r4
        .endm

/* A vector of samples times the gain. */
        .macro  SCALED x, from, at
        vldrw.32 \x, [\from, #\at]
        vmovlb.s16 q4, \x
        vmovlt.s16 q5, \x
        vmul.i32 q4, q4, r2
        vmul.i32 q5, q5, r2
        vshrnb.i32 \x, q4, #16
        vshrnt.i32 \x, q5, #16
        .endm

/* void stator_q15_eights(int16_t *z, const int16_t *x, int32_t gain) */
FUNC stator_q15_eights
        ENTER_FIRST
        add     r4, r1, #1024
        add     r5, r1, #1536
        mov     r0, r1
1:      SCALED  q0, r0, 0
        add     r3, r0, #512
        SCALED  q1, r3, 0
        SCALED  q2, r4, 0
        SCALED  q3, r5, 0
        FFT_4
        KEEP
        SCALED  q0, r0, 256
        add     r3, r0, #512
        SCALED  q1, r3, 256
        SCALED  q2, r4, 256
        SCALED  q3, r5, 256
        adds    r0, r0, #16
        adds    r4, r4, #16
        adds    r5, r5, #16
        PUT_FIRST
        le      lr, 1b
        LEAVE
ENDFUNC stator_q15_eights

/* A vector of samples 128 `number` further, r2 taken off, times the gain, windowed by the cosines from r0 on. r5: 2^30. */
        .macro  WINDOWED x, number
        add     r4, r1, #256 * \number
        vldrh.u16 \x, [r4]
        addw    r4, r0, #(512 * \number + 1024) % 4096
        vmovlb.s16 q4, \x
        vmovlt.s16 q5, \x
        vld20.32 {q6, q7}, [r4]
        vld21.32 {q6, q7}, [r4]
        vsub.i32 q4, q4, r2
        vsub.i32 q5, q5, r2
        vshr.s32 q6, q6, #1
        vshr.s32 q7, q7, #1
        vmvn    q6, q6
        vmvn    q7, q7
        vadd.i32 q6, q6, r5
        vadd.i32 q7, q7, r5
        vmul.i32 q4, q4, r12
        vmul.i32 q5, q5, r12
        vmulh.s32 q4, q4, q6
        vmulh.s32 q5, q5, q7
        vshrnb.i32 \x, q4, #16
        vshrnt.i32 \x, q5, #16
        .endm

/* void stator_q15_windowed(int16_t *z, const int16_t *half, int32_t mean, int32_t gain) */
FUNC stator_q15_windowed
        ENTER_FIRST
        mov     r12, r3
        ldr     r0, =stator_dsp_sine
        mov     r5, #1 << 30
1:      WINDOWED q0, 0
        WINDOWED q1, 2
        WINDOWED q2, 4
        WINDOWED q3, 6
        FFT_4
        KEEP
        WINDOWED q0, 1
        WINDOWED q1, 3
        WINDOWED q2, 5
        WINDOWED q3, 7
        adds    r0, r0, #32
        adds    r1, r1, #16
        PUT_FIRST
        le      lr, 1b
        LEAVE
        .ltorg
ENDFUNC stator_q15_windowed

/* A vector of numbers, turned by the cosines and sines of which \at + q7 are the addresses, a quarter of it. */
        .macro  TURNED x, from, offset, at
        vldrw.32 q5, [\from, #\offset]
        vldrw.32 q4, [q7, #\at]
        vqdmladh.s16 \x, q5, q4
        vqdmlsdhx.s16 \x, q5, q4
        vshr.s16 \x, \x, #1
        .endm

/* One row of butterflies, of numbers k to k + 3 of each block, after the other. A row of turns is 28 bytes, and every (64 / span)th is read. */
        .macro  JOIN span
        ldr     r4, =stator_dsp_turns_q15
        movs    r6, #0
        vidup.u32 q7, r6, #1
        movw    r5, #28 * 64 / \span
        vmul.i32 q7, q7, r5
        vadd.i32 q7, q7, r4
        add     r3, r0, #16 * \span     /* numbers 4 and 5; 2 and 3, 6 and 7 lie half way */
        mov     r12, #\span / 4
1:      movs    r6, #64 / \span
        dls     lr, r6
2:      add     r4, r0, #8 * \span
        add     r5, r3, #8 * \span
        vldrw.32 q0, [r0]
        vshr.s16 q0, q0, #2             /* the first: not turned */
        TURNED  q1, r4, 0, 4
        TURNED  q2, r3, 0, 12
        TURNED  q3, r5, 0, 20
        FFT_4
        KEEP
        TURNED  q0, r0, 4 * \span, 0
        TURNED  q1, r4, 4 * \span, 8
        TURNED  q2, r3, 4 * \span, 16
        TURNED  q3, r5, 4 * \span, 24
        FFT_4
        TURN_EIGHTHS r6
        movs    r6, #2                  /* what rounding down took off all eight adds up here */
        OUT     0, q3, vhadd.s16, vhsub.s16
        vadd.i16 q5, q5, r6
        vstrw.32 q5, [r0]
        vstrw.32 q2, [r3]
        OUT     1, q0, vhadd.s16, vhsub.s16
        vstrw.32 q5, [r0, #4 * \span]
        vstrw.32 q2, [r3, #4 * \span]
        OUT_TURNED 2, q4, vhcadd.s16
        vstrw.32 q5, [r4]
        vstrw.32 q2, [r5]
        OUT_TURNED 3, q1, vhcadd.s16
        vstrw.32 q5, [r4, #4 * \span]
        vstrw.32 q2, [r5, #4 * \span]
        add     r0, r0, #32 * \span
        add     r3, r3, #32 * \span
        le      lr, 2b
        sub     r0, r0, #2048 - 16
        sub     r3, r3, #2048 - 16
        movw    r5, #4 * 28 * 64 / \span
        vadd.i32 q7, q7, r5
        subs    r12, r12, #1
        bne     1b
        LEAVE
        .endm

/* void stator_q15_radix8(int16_t *z, uint32_t span) */
FUNC stator_q15_radix8
        ENTER
        cmp     r1, #8
        bne     3f
        JOIN    8
3:      JOIN    64
        .ltorg
ENDFUNC stator_q15_radix8

/* void stator_q15_split(int32_t *z, uint32_t bins)
 * All mirrored bins are written. r2, r3: numbers k and on, 512 - k and back; r5 the bins of these. */
FUNC stator_q15_split
        ENTER
        add     r2, r0, #1024
        ldrsh   r3, [r2]
        ldrsh   r4, [r2, #2]
        add     r3, r3, r4
        adds    r3, r3, #8              /* what rounding the samples down took off */
        lsls    r3, r3, #14
        movs    r4, #0
        strd    r3, r4, [r0]
        adds    r2, r2, #4
        add     r3, r0, #3072 - 16
        add     r5, r0, #4096 - 32
        adds    r0, r0, #8
        ldr     r4, =stator_dsp_split_q15
        adr     r6, 4f
        mov     r12, #1 << 13
        movs    r1, #64
        dls     lr, r1
1:      vldrw.32 q7, [r6]
        vldrw.32 q0, [r2], #16
        vldrw.32 q2, [r3, q7]
        vldrw.32 q5, [r4], #16
        vmovlt.s16 q1, q0
        vmovlb.s16 q0, q0
        vmovlt.s16 q3, q2
        vmovlb.s16 q2, q2
        vadd.i32 q4, q1, q3             /* odd: imaginary part q4, the other in q3 */
        vsub.i32 q1, q1, q3             /* even: q0, q1 */
        vsub.i32 q3, q2, q0
        vadd.i32 q0, q0, q2
        vmovlb.s16 q2, q5               /* the negative sine */
        vmovlt.s16 q5, q5               /* the cosine */
        vsub.i32 q2, q2, r12
        vmul.i32 q6, q4, q5
        vmul.i32 q5, q3, q5
        vmul.i32 q3, q3, q2
        vmul.i32 q4, q4, q2
        vsub.i32 q6, q6, q3             /* odd, turned: q6, q5 */
        vadd.i32 q5, q5, q4
        vshl.i32 q0, q0, #13
        vshl.i32 q1, q1, #13
        vadd.i32 q2, q0, q6
        vadd.i32 q3, q1, q5
        vst20.32 {q2, q3}, [r0]
        vst21.32 {q2, q3}, [r0]!
        vshl.i32 q7, q7, #1
        vsub.i32 q0, q0, q6
        vsub.i32 q5, q5, q1
        adds    r1, r5, #4
        vstrw.32 q0, [r5, q7]
        vstrw.32 q5, [r1, q7]
        subs    r3, r3, #16
        subs    r5, r5, #32
        le      lr, 1b
        LEAVE
        .balign 4
4:      .word   12, 8, 4, 0
        .ltorg
ENDFUNC stator_q15_split
