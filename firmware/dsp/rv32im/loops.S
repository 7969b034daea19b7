# See loops.h. RV32IM. Instructions are laid out for cores with a load delay of one clock, where a branch costs little if not taken.
#include "common/asm.h"

# What is rare lies behind the loop: a value that is the least or the largest so far.
        .macro  SEEN number, x
        blt     \x, a2, .Llow_\number
.Lfrom_low_\number:
        blt     a3, \x, .Lhigh_\number
.Lfrom_high_\number:
        .endm

        .macro  RARE number, x
.Llow_\number:
        mv      a2, \x
        j       .Lfrom_low_\number
.Lhigh_\number:
        mv      a3, \x
        j       .Lfrom_high_\number
        .endm

# void stator_loop_range(struct stator_range *range, const int16_t *half)
FUNC stator_loop_range
        lh      a2, 0(a1)               # least
        mv      a3, a2                  # largest
        li      a4, 0                   # sum
        addi    a5, a1, 1024
        addi    a5, a5, 1024
1:      lh      a6, 0(a1)
        lh      a7, 2(a1)
        lh      t0, 4(a1)
        lh      t1, 6(a1)
        lh      t2, 8(a1)
        lh      t3, 10(a1)
        lh      t4, 12(a1)
        lh      t5, 14(a1)
        .irp    x, a6, a7, t0, t1, t2, t3, t4, t5
        add     a4, a4, \x
        SEEN    range_\x, \x
        .endr
        addi    a1, a1, 16
        bne     a1, a5, 1b
        sw      a4, 0(a0)
        sw      a2, 4(a0)
        sw      a3, 8(a0)
        ret
        .irp    x, a6, a7, t0, t1, t2, t3, t4, t5
        RARE    range_\x, \x
        .endr
ENDFUNC stator_loop_range

# int32_t stator_loop_peak(const int32_t *values, uint32_t count)
FUNC stator_loop_peak
        slli    a1, a1, 2
        add     a1, a0, a1
        li      a2, 0
        li      a3, 0
1:      lw      a6, 0(a0)
        lw      a7, 4(a0)
        lw      t0, 8(a0)
        lw      t1, 12(a0)
        lw      t2, 16(a0)
        lw      t3, 20(a0)
        lw      t4, 24(a0)
        lw      t5, 28(a0)
        .irp    x, a6, a7, t0, t1, t2, t3, t4, t5
        SEEN    peak_\x, \x
        .endr
        addi    a0, a0, 32
        bne     a0, a1, 1b
        neg     a0, a2
        bge     a0, a3, 2f
        mv      a0, a3
2:      ret
        .irp    x, a6, a7, t0, t1, t2, t3, t4, t5
        RARE    peak_\x, \x
        .endr
ENDFUNC stator_loop_peak

# uint64_t stator_loop_energy(const int32_t *bin, uint32_t bins)
        .macro  ENERGY at
        lw      a3, \at(a2)
        lw      a4, \at + 4(a2)
        mul     a5, a3, a3
        mulh    a3, a3, a3
        mul     a6, a4, a4
        mulh    a4, a4, a4
        add     a0, a0, a5
        sltu    a5, a0, a5
        add     a0, a0, a6
        sltu    a6, a0, a6
        add     a3, a3, a4
        add     a5, a5, a6
        add     a1, a1, a3
        add     a1, a1, a5
        .endm

FUNC stator_loop_energy
        slli    t0, a1, 3
        andi    t1, a1, 1
        add     t0, a0, t0
        mv      a2, a0
        li      a0, 0
        li      a1, 0
        beqz    t1, 1f
        ENERGY  0
        addi    a2, a2, 8
        beq     a2, t0, 2f
1:      ENERGY  0
        ENERGY  8
        addi    a2, a2, 16
        bne     a2, t0, 1b
2:      ret
ENDFUNC stator_loop_energy

# int32_t stator_loop_magnitudes(int32_t *size, const int32_t *z, uint32_t count)
# The larger part and what half of the smaller exceeds an eighth of it by, if it does.
FUNC stator_loop_magnitudes
        slli    a2, a2, 3
        add     a2, a1, a2
        li      a3, 0                   # largest
1:      lw      a4, 0(a1)
        lw      a5, 4(a1)
        addi    a1, a1, 8
        srai    t0, a4, 31
        srai    t1, a5, 31
        xor     a4, a4, t0
        xor     a5, a5, t1
        sub     a4, a4, t0
        sub     a5, a5, t1
        blt     a4, a5, 4f
        srai    t0, a4, 3
        srai    a5, a5, 1
        sub     a5, a5, t0
        srai    t0, a5, 31
        not     t0, t0
        and     a5, a5, t0
        add     a4, a4, a5
        sw      a4, 0(a0)
        addi    a0, a0, 4
        blt     a3, a4, 3f
        bne     a1, a2, 1b
2:      mv      a0, a3
        ret
3:      mv      a3, a4
        bne     a1, a2, 1b
        j       2b
4:      srai    t0, a5, 3
        srai    a4, a4, 1
        sub     a4, a4, t0
        srai    t0, a4, 31
        not     t0, t0
        and     a4, a4, t0
        add     a4, a5, a4
        sw      a4, 0(a0)
        addi    a0, a0, 4
        blt     a3, a4, 3b
        bne     a1, a2, 1b
        j       2b
ENDFUNC stator_loop_magnitudes

# void stator_loop_roots(struct stator_sums *sums, int32_t *envelope, int room)
        .macro  ROOT at
        lw      a4, \at(a1)
        lw      t5, 8 * \at(a6)
        sll     a4, a4, a2
        sra     a4, a4, a3
        srai    t5, t5, 1
        srli    t6, a4, 14
        sub     t5, s3, t5              # the window
        mulh    a4, a4, t5
        mul     t5, t6, t6
        add     t1, t1, t6
        add     t2, t2, t5
        sltu    t5, t2, t5
        add     t3, t3, t5
        slli    a4, a4, 3
        beqz    a4, 3f
        li      t5, 0
        bgeu    a4, t4, 2f
1:      slli    a4, a4, 2
        addi    t5, t5, 1
        bltu    a4, t4, 1b
2:      srli    a4, a4, 16
        mul     t6, a4, a4
        mul     a4, a4, s0
        srli    t6, t6, 16
        mul     t6, t6, s1
        srli    a4, a4, 15
        add     a4, a4, s2
        srli    t6, t6, 16
        sub     a4, a4, t6
        slli    a4, a4, 14
        srl     a4, a4, t5
3:      sw      a4, \at(a1)
        .endm

FUNC stator_loop_roots
        addi    sp, sp, -16
        .cfi_def_cfa_offset 16
        sw      s0, 0(sp)
        .cfi_rel_offset s0, 0
        sw      s1, 4(sp)
        .cfi_rel_offset s1, 4
        sw      s2, 8(sp)
        .cfi_rel_offset s2, 8
        sw      s3, 12(sp)
        .cfi_rel_offset s3, 12
        srai    a3, a2, 31              # left and right shift
        not     a4, a3
        neg     a5, a2
        and     a3, a3, a5
        and     a2, a2, a4
        la      a5, stator_dsp_sine
        addi    a6, a5, 1024            # the cosine of the first
        li      a4, 4096
        add     a7, a5, a4              # the table's end, where the cosine goes on at its start
        addi    t0, a1, 512
        li      t1, 0                   # total
        li      t2, 0                   # squares
        li      t3, 0
        li      t4, 1 << 30
        li      s0, 34473
        li      s1, 20731
        li      s2, 16992
        addi    s3, t4, -1
5:      ROOT    0
        ROOT    4
        ROOT    8
        ROOT    12
        addi    a6, a6, 128
        addi    a1, a1, 16
        bne     a6, a7, 6f
        mv      a6, a5
6:      bne     a1, t0, 5b
        sw      t2, 0(a0)
        sw      t3, 4(a0)
        sw      t1, 8(a0)
        lw      s0, 0(sp)
        lw      s1, 4(sp)
        lw      s2, 8(sp)
        lw      s3, 12(sp)
        addi    sp, sp, 16
        ret
ENDFUNC stator_loop_roots
