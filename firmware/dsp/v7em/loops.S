/* See loops.h. Armv7E-M and Armv8-M with the DSP extension. No branch depends on a value: the count of instructions is the same for all. */
#include "common/asm.h"

/* to = x where x > to (gt) or x < to (lt) */
        .macro  TAKE to, x, condition
        cmp     \x, \to
        it      \condition
        mov\condition \to, \x
        .endm

/* void stator_loop_range(struct stator_range *range, const int16_t *half) */
FUNC stator_loop_range
        push    {r4-r7, lr}
        .cfi_def_cfa_offset 20
        .cfi_rel_offset r4, 0
        .cfi_rel_offset r5, 4
        .cfi_rel_offset r6, 8
        .cfi_rel_offset r7, 12
        .cfi_rel_offset lr, 16
        movs    r2, #0
        mov     r3, #0x00010001
        mov     r5, #0x80008000         /* the largest of even and odd samples */
        mvn     r4, r5                  /* the least */
        add     r6, r1, #2048
1:      .irp    i, 0, 1, 2, 3
        ldr     r7, [r1, #4 * \i]
        smlad   r2, r7, r3, r2
        ssub16  r12, r5, r7
        sel     r5, r5, r7
        ssub16  r12, r7, r4
        sel     r4, r4, r7
        .endr
        adds    r1, r1, #16
        cmp     r1, r6
        bne     1b
        sxth    r3, r4
        asrs    r4, r4, #16
        TAKE    r3, r4, lt
        sxth    r1, r5
        asrs    r5, r5, #16
        TAKE    r1, r5, gt
        strd    r2, r3, [r0]
        str     r1, [r0, #8]
        pop     {r4-r7, pc}
ENDFUNC stator_loop_range

/* int32_t stator_loop_peak(const int32_t *values, uint32_t count) */
FUNC stator_loop_peak
        push    {r4-r9, lr}
        .cfi_def_cfa_offset 28
        .cfi_rel_offset r4, 0
        .cfi_rel_offset r5, 4
        .cfi_rel_offset r6, 8
        .cfi_rel_offset r7, 12
        .cfi_rel_offset r8, 16
        .cfi_rel_offset r9, 20
        .cfi_rel_offset lr, 24
        movs    r2, #0                  /* the largest */
        movs    r3, #0                  /* the least */
1:      ldm     r0!, {r4-r9, r12, lr}
        .irp    x, r4, r5, r6, r7, r8, r9, r12, lr
        TAKE    r2, \x, gt
        TAKE    r3, \x, lt
        .endr
        subs    r1, r1, #8
        bne     1b
        rsbs    r0, r3, #0
        TAKE    r0, r2, gt
        pop     {r4-r9, pc}
ENDFUNC stator_loop_peak

/* uint64_t stator_loop_energy(const int32_t *bin, uint32_t bins) */
FUNC stator_loop_energy
        push    {r4, lr}
        .cfi_def_cfa_offset 8
        .cfi_rel_offset r4, 0
        .cfi_rel_offset lr, 4
        mov     r12, r0
        mov     r2, r1
        movs    r0, #0
        movs    r1, #0
1:      ldrd    r3, r4, [r12], #8
        smlal   r0, r1, r3, r3
        smlal   r0, r1, r4, r4
        subs    r2, r2, #1
        bne     1b
        pop     {r4, pc}
ENDFUNC stator_loop_energy

/* int32_t stator_loop_magnitudes(int32_t *size, const int32_t *z, uint32_t count) */
FUNC stator_loop_magnitudes
        push    {r4-r6, lr}
        .cfi_def_cfa_offset 16
        .cfi_rel_offset r4, 0
        .cfi_rel_offset r5, 4
        .cfi_rel_offset r6, 8
        .cfi_rel_offset lr, 12
        movs    r3, #0
1:      ldrd    r4, r5, [r1], #8
        eor     r6, r4, r4, asr #31     /* magnitudes, or one less; then exact */
        sub     r4, r6, r4, asr #31
        eor     r6, r5, r5, asr #31
        sub     r5, r6, r5, asr #31
        subs    r6, r4, r5
        bic     r6, r6, r6, asr #31     /* how much larger the first is */
        add     r5, r5, r6              /* the larger */
        subs    r4, r4, r6              /* the smaller */
        asrs    r4, r4, #1
        sub     r4, r4, r5, asr #3
        bic     r4, r4, r4, asr #31
        add     r5, r5, r4
        TAKE    r3, r5, gt
        str     r5, [r0], #4
        subs    r2, r2, #1
        bne     1b
        mov     r0, r3
        pop     {r4-r6, pc}
ENDFUNC stator_loop_magnitudes

/* void stator_loop_roots(struct stator_sums *sums, int32_t *envelope, int room)
 * r2, r0 left and right shift, r3 the cosine of the next value, r4 and r5 squares, r6 total, r7 to r10 constants.
 * Frame: 0 sums, 4 the value where the table goes on at its start, then the end, 8 the end. */
FUNC stator_loop_roots
        PUSH_SAVED
        add     r3, r1, #384
        add     r4, r1, #512
        push    {r0, r3, r4}
        .cfi_adjust_cfa_offset 12
        ldr     r3, =stator_dsp_sine
        rsbs    r0, r2, #0
        bic     r0, r0, r0, asr #31
        bic     r2, r2, r2, asr #31
        movs    r4, #0
        movs    r5, #0
        movs    r6, #0
        add     r3, r3, #1024
        mvn     r7, #0xc0000000
        movw    r8, #34473
        movw    r9, #20731
        ldr     r10, =16992 << 15
1:      ldr     r12, [r1]
        ldr     lr, [r3], #32
        lsl     r12, r12, r2
        asr     r12, r12, r0
        sub     lr, r7, lr, asr #1
        smmul   lr, r12, lr
        lsr     r12, r12, #14
        add     r6, r6, r12
        umlal   r4, r5, r12, r12
        lsls    lr, lr, #3              /* the mantissa: four times twice the product */
        clz     r12, lr
        bic     r12, r12, #1
        lsl     lr, lr, r12
        lsr     lr, lr, #16
        mla     r11, lr, r8, r10
        mul     lr, lr, lr
        lsr     r12, r12, #1
        lsr     lr, lr, #16
        mul     lr, lr, r9
        lsr     lr, lr, #16
        rsb     lr, lr, r11, lsr #15
        lsl     lr, lr, #14
        lsr     lr, lr, r12
        it      eq
        moveq   lr, #0
        ldr     r11, [sp, #4]
        str     lr, [r1], #4
        cmp     r1, r11
        bne     1b
        ldr     r12, [sp, #8]
        sub     r3, r3, #4096
        str     r12, [sp, #4]
        cmp     r1, r12
        bne     1b
        ldr     r0, [sp], #12
        .cfi_adjust_cfa_offset -12
        strd    r4, r5, [r0]
        str     r6, [r0, #8]
        pop     {r4-r11, pc}
        .ltorg
ENDFUNC stator_loop_roots
