/* See loops.h. Armv8.1-M with Helium; ends that fill no vector by tail predication. */
#include "common/mve.inc"

/* void stator_loop_range(struct stator_range *range, const int16_t *half) */
FUNC stator_loop_range
        push    {r4, lr}
        .cfi_def_cfa_offset 8
        .cfi_rel_offset r4, 0
        .cfi_rel_offset lr, 4
        movs    r2, #0
        movw    r3, #0x7fff             /* the least */
        mvn     r4, r3                  /* the largest */
        mov     r12, #1024 / 8
        dls     lr, r12
1:      vldrh.u16 q0, [r1], #16
        vaddva.s16 r2, q0
        vminv.s16 r3, q0
        vmaxv.s16 r4, q0
        le      lr, 1b
        strd    r2, r3, [r0]
        str     r4, [r0, #8]
        pop     {r4, pc}
ENDFUNC stator_loop_range

/* int32_t stator_loop_peak(const int32_t *values, uint32_t count) */
FUNC stator_loop_peak
        push    {r7, lr}
        .cfi_def_cfa_offset 8
        .cfi_rel_offset lr, 4
        lsrs    r1, r1, #2
        movs    r2, #0
        dls     lr, r1
1:      vldrw.32 q0, [r0], #16
        vmaxav.s32 r2, q0
        le      lr, 1b
        mov     r0, r2
        pop     {r7, pc}
ENDFUNC stator_loop_peak

/* uint64_t stator_loop_energy(const int32_t *bin, uint32_t bins) */
FUNC stator_loop_energy
        push    {r7, lr}
        .cfi_def_cfa_offset 8
        .cfi_rel_offset lr, 4
        mov     r12, r0
        lsls    r2, r1, #1
        movs    r0, #0
        movs    r1, #0
        dlstp.32 lr, r2
1:      vldrw.32 q0, [r12], #16
        vmlaldava.s32 r0, r1, q0, q0
        letp    lr, 1b
        pop     {r7, pc}
ENDFUNC stator_loop_energy

/* int32_t stator_loop_magnitudes(int32_t *size, const int32_t *z, uint32_t count) */
FUNC stator_loop_magnitudes
        push    {r7, lr}
        .cfi_def_cfa_offset 8
        .cfi_rel_offset lr, 4
        movs    r7, #0
        mov     r12, r7
        vidup.u32 q3, r12, #8           /* real parts, in bytes */
        adds    r3, r1, #4
        dlstp.32 lr, r2
        mov     r2, r7
1:      vldrw.32 q0, [r1, q3]
        vldrw.32 q1, [r3, q3]
        vabs.s32 q0, q0
        vabs.s32 q1, q1
        vmax.s32 q2, q0, q1
        vmin.s32 q0, q0, q1
        vshr.s32 q1, q2, #3
        vshr.s32 q0, q0, #1
        vsub.i32 q1, q2, q1
        vadd.i32 q1, q1, q0
        vmax.s32 q2, q2, q1
        adds    r1, r1, #32
        adds    r3, r3, #32
        vmaxv.s32 r2, q2
        vstrw.32 q2, [r0], #16
        letp    lr, 1b
        mov     r0, r2
        pop     {r7, pc}
ENDFUNC stator_loop_magnitudes

/* void stator_loop_roots(struct stator_sums *sums, int32_t *envelope, int room)
 * r2 total, r4 and r5 squares, r3 the cosine of the first value, r6 to r10 constants. */
FUNC stator_loop_roots
        push    {r4-r10, lr}
        .cfi_def_cfa_offset 32
        .cfi_rel_offset r4, 0
        .cfi_rel_offset r5, 4
        .cfi_rel_offset r6, 8
        .cfi_rel_offset r7, 12
        .cfi_rel_offset r8, 16
        .cfi_rel_offset r9, 20
        .cfi_rel_offset r10, 24
        .cfi_rel_offset lr, 28
        mov     r12, r2
        movs    r2, #0
        movs    r4, #0
        movs    r5, #0
        ldr     r3, =stator_dsp_sine
        movw    r7, #20731
        movw    r8, #34473
        movw    r9, #16992
        mov     r10, #1 << 30
        add     r3, r3, #1024
        movs    r6, #0
        vidup.u32 q3, r6, #8            /* every eighth word */
        vshl.i32 q3, q3, #2
        movs    r6, #32
        dls     lr, r6
1:      vldrw.32 q0, [r1]
        vldrw.32 q1, [r3, q3]
        vshl.s32 q0, r12
        vshr.s32 q1, q1, #1
        vshr.u32 q2, q0, #14
        vmvn    q1, q1
        vadd.i32 q1, q1, r10
        vmlaldava.u32 r4, r5, q2, q2
        vaddva.u32 r2, q2
        vmulh.s32 q0, q0, q1
        vshl.i32 q0, q0, #3             /* twice, and the mantissa is four times that */
        vclz.i32 q1, q0
        vshr.u32 q1, q1, #1
        vadd.i32 q2, q1, q1
        vshl.u32 q2, q0, q2
        vneg.s32 q1, q1
        vshr.u32 q2, q2, #16
        vpt.i32 eq, q0, zr
        vmovt.i32 q1, #0x80             /* nothing is left of the root */
        vmul.i32 q0, q2, q2
        vmul.i32 q2, q2, r8
        vshr.u32 q0, q0, #16
        vmul.i32 q0, q0, r7
        vshr.u32 q2, q2, #15
        vshr.u32 q0, q0, #16
        vadd.i32 q2, q2, r9
        vsub.i32 q2, q2, q0
        vshl.i32 q2, q2, #14
        vshl.u32 q2, q2, q1
        add     r3, r3, #128
        vstrw.32 q2, [r1], #16
        cmp     lr, #32 / 4 + 1         /* the table goes on at its start */
        it      eq
        subeq   r3, r3, #4096
        le      lr, 1b
        strd    r4, r5, [r0]
        str     r2, [r0, #8]
        pop     {r4-r10, pc}
        .ltorg
ENDFUNC stator_loop_roots
