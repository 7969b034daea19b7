# See stages.h. RV32IM. One instruction after the other is laid out for cores with a load delay of one clock.
#include "common/asm.h"

        .equ    COSINE, 1024            # bytes from a sine to its cosine
        .equ    EIGHTH, 1518500250      # sin(pi / 4) in q31

        .macro  ENTER
        addi    sp, sp, -64
        .cfi_def_cfa_offset 64
        SAVE
        .endm

        .macro  LEAVE
        RESTORE
        addi    sp, sp, 64
        ret
        .endm

# sum = (a >> 1) + (b >> 1), b = (a >> 1) - (b >> 1); a is lost.
        .macro  PAIR a, b, sum
        srai    \a, \a, 1
        srai    \b, \b, 1
        add     \sum, \a, \b
        sub     \b, \a, \b
        .endm

# half_sum = (a + b) >> 1, a = (a - b) >> 1.
        .macro  HALF_PAIR a, b, half_sum
        add     \half_sum, \a, \b
        sub     \a, \a, \b
        srai    \half_sum, \half_sum, 1
        srai    \a, \a, 1
        .endm

# The last step of a butterfly (combine() of stages.c) of turned and halved a, b, c, d, which are lost; to `to0` .. `to3`, offset and
# register.
        .macro  COMBINE ar, ai, br, bi, cr, ci, dr, di, t, u, off0, to0, off1, to1, off2, to2, off3, to3
        HALF_PAIR \ar, \cr, \t          # s.re, t.re in ar
        HALF_PAIR \br, \dr, \u          # u.re, v.re in br
        add     \cr, \t, \u
        sub     \dr, \t, \u
        sw      \cr, \off0(\to0)
        sw      \dr, \off2(\to2)
        HALF_PAIR \ai, \ci, \t
        HALF_PAIR \bi, \di, \u
        add     \cr, \t, \u
        sub     \dr, \t, \u
        sw      \cr, \off0 + 4(\to0)
        sw      \dr, \off2 + 4(\to2)
        add     \cr, \ar, \bi
        sub     \dr, \ar, \bi
        sub     \ci, \ai, \br
        add     \di, \ai, \br
        sw      \cr, \off1(\to1)
        sw      \ci, \off1 + 4(\to1)
        sw      \dr, \off3(\to3)
        sw      \di, \off3 + 4(\to3)
        .endm

# The radix-4 stage of eight numbers of which the radix-2 stage is done: sums a .. d and differences e .. h of the numbers 0 and 4,
# 1 and 5, 2 and 6, 3 and 7. To z. Loses t, u, v, w.
        .macro  EIGHT z, ar, ai, br, bi, cr, ci, dr, di, er, ei, fr, fi, gr, gi, hr, hi, t, u, v, w
        .irp    x, \ar, \ai, \br, \bi, \cr, \ci, \dr, \di
        srai    \x, \x, 1
        .endr
        COMBINE \ar, \ai, \br, \bi, \cr, \ci, \dr, \di, \t, \u, 0, \z, 16, \z, 32, \z, 48, \z
        li      \t, EIGHTH
        neg     \u, \t
        mulh    \v, \fr, \t             # f turned by an eighth
        mulh    \fi, \fi, \t
        add     \fr, \v, \fi
        sub     \fi, \fi, \v
        mulh    \v, \hr, \t             # h turned by three eighths
        mulh    \w, \hi, \t
        mulh    \hr, \hr, \u
        mulh    \hi, \hi, \u
        add     \hr, \hr, \w
        sub     \hi, \hi, \v
        sgtz    \v, \gi                 # g turned by two eighths: times 2^31 - 1, as the table has it
        sgtz    \w, \gr
        sub     \v, \gi, \v
        sub     \w, \gr, \w
        srai    \v, \v, 1
        srai    \w, \w, 1
        neg     \w, \w
        srai    \er, \er, 1
        srai    \ei, \ei, 1
        COMBINE \er, \ei, \fr, \fi, \v, \w, \hr, \hi, \t, \u, 8, \z, 24, \z, 40, \z, 56, \z
        .endm

# at = the bit-reversed successor of at, half being its highest bit. Loses t, u.
        .macro  REVERSED_NEXT at, half, t, u
        mv      \t, \half
        and     \u, \at, \t
        beqz    \u, 2f
1:      xor     \at, \at, \t
        srli    \t, \t, 1
        and     \u, \at, \t
        bnez    \u, 1b
2:      or      \at, \at, \t
        .endm

# void stator_stage_windowed(int32_t *z, const int16_t *half, int32_t mean, int room)
# Parts of samples 128 i and 128 i + 512 (i: the macro's) further, re or im as `im` is 0 or 1: windowed, radix-2 stage.
        .macro  WINDOWED i, im, sum, difference
        lh      a4, 256 * \i + 2 * \im(a1)
        lh      \difference, 256 * \i + 1024 + 2 * \im(a1)
        lw      a6, 512 * \i - 1024 + 4 * \im(a5)
        lw      a7, (512 * \i + 1024 + 2048) % 4096 - 2048 + 4 * \im(a5)
        sub     a4, a4, a2
        sub     \difference, \difference, a2
        srai    a6, a6, 1
        srai    a7, a7, 1
        sll     a4, a4, a3
        sll     \difference, \difference, a3
        sub     a6, t0, a6
        sub     a7, t0, a7
        mulh    a4, a4, a6
        mulh    \difference, \difference, a7
        PAIR    a4, \difference, \sum
        .endm

FUNC stator_stage_windowed
        ENTER
        la      a5, stator_dsp_sine + 2048
        li      t0, (1 << 30) - 1
        addi    t1, a1, 256             # ends where the second eighth begins
        sw      t1, 52(sp)
        li      t2, 0                   # reversed index, in bytes
3:      WINDOWED 0, 0, s0, t3
        WINDOWED 0, 1, s1, t4
        WINDOWED 1, 0, s2, t5
        WINDOWED 1, 1, s3, t6
        WINDOWED 2, 0, s4, s8
        WINDOWED 2, 1, s5, s9
        WINDOWED 3, 0, s6, s10
        WINDOWED 3, 1, s7, s11
        add     ra, a0, t2
        EIGHT   ra, s0, s1, s2, s3, s4, s5, s6, s7, t3, t4, t5, t6, s8, s9, s10, s11, a4, a6, a7, t1
        li      s0, 2048
        REVERSED_NEXT t2, s0, s1, s2
        lw      t1, 52(sp)
        addi    a1, a1, 4
        addi    a5, a5, 8
        bne     a1, t1, 3b
        LEAVE
ENDFUNC stator_stage_windowed

# Parts of the numbers at `low` and `high`, shifted: radix-2 stage.
        .macro  SHIFTED low, high, sumr, sumi, differencer, differencei
        lw      a4, 0(\low)
        lw      \differencer, 0(\high)
        lw      a6, 4(\low)
        lw      \differencei, 4(\high)
        sll     a4, a4, a3
        sll     \differencer, \differencer, a3
        sll     a6, a6, a3
        sll     \differencei, \differencei, a3
        PAIR    a4, \differencer, \sumr
        PAIR    a6, \differencei, \sumi
        .endm

# void stator_stage_eights(int32_t *z, const int32_t *x, uint32_t size, int room)
FUNC stator_stage_eights
        ENTER
        slli    t0, a2, 2               # half of x, in bytes; the highest bit of the reversed index in bytes
        add     a5, a1, a2              # ends where the second eighth begins
        li      t2, 0
3:      mv      ra, a1
        add     t1, a1, t0
        SHIFTED ra, t1, s0, s1, t3, t4
        add     ra, ra, a2
        add     t1, t1, a2
        SHIFTED ra, t1, s2, s3, t5, t6
        add     ra, ra, a2
        add     t1, t1, a2
        SHIFTED ra, t1, s4, s5, s8, s9
        add     ra, ra, a2
        add     t1, t1, a2
        SHIFTED ra, t1, s6, s7, s10, s11
        add     ra, a0, t2
        EIGHT   ra, s0, s1, s2, s3, s4, s5, s6, s7, t3, t4, t5, t6, s8, s9, s10, s11, a4, a6, a7, t1
        REVERSED_NEXT t2, t0, s1, s2
        addi    a1, a1, 8
        bne     a1, a5, 3b
        LEAVE
ENDFUNC stator_stage_eights

# void stator_stage_fours(int32_t *z, const int32_t *x, uint32_t size, int room)
FUNC stator_stage_fours
        ENTER
        slli    t0, a2, 2               # half of x, in bytes; the highest bit of the reversed index in bytes
        slli    a2, a2, 1               # a quarter of x
        add     a5, a1, a2
        li      t2, 0
3:      add     t1, a1, a2
        add     t3, a1, t0
        add     t4, t1, t0
        lw      s0, 0(a1)
        lw      s1, 4(a1)
        lw      s2, 0(t1)
        lw      s3, 4(t1)
        lw      s4, 0(t3)
        lw      s5, 4(t3)
        lw      s6, 0(t4)
        lw      s7, 4(t4)
        .irp    n, 0, 1, 2, 3, 4, 5, 6, 7
        sll     s\n, s\n, a3
        srai    s\n, s\n, 1
        .endr
        add     ra, a0, t2
        COMBINE s0, s1, s2, s3, s4, s5, s6, s7, t5, t6, 0, ra, 8, ra, 16, ra, 24, ra
        REVERSED_NEXT t2, t0, s1, s2
        addi    a1, a1, 8
        bne     a1, a5, 3b
        LEAVE
ENDFUNC stator_stage_fours

# One butterfly at t0, t1, t2, t3; turns are in s0 .. s5 (cosine and sine of once, twice, three times the angle).
        .macro  BUTTERFLY
        lw      s6, 0(t2)
        lw      s7, 4(t2)
        mulh    ra, s6, s0
        mulh    s6, s6, s1
        lw      s8, 0(t1)
        mulh    a4, s7, s1
        mulh    s7, s7, s0
        lw      s9, 4(t1)
        add     ra, ra, a4              # b
        sub     s7, s7, s6
        lw      s10, 0(t3)
        mulh    s6, s8, s2
        mulh    s8, s8, s3
        lw      s11, 4(t3)
        mulh    a4, s9, s3
        mulh    s9, s9, s2
        lw      t4, 0(t0)
        add     s6, s6, a4              # c
        sub     s9, s9, s8
        lw      t5, 4(t0)
        mulh    s8, s10, s4
        mulh    s10, s10, s5
        mulh    a4, s11, s5
        mulh    s11, s11, s4
        srai    t4, t4, 1               # a
        srai    t5, t5, 1
        add     s8, s8, a4              # d
        sub     s11, s11, s10
        COMBINE t4, t5, ra, s7, s6, s9, s8, s11, s10, a4, 0, t0, 0, t1, 0, t2, 0, t3
        .endm

# void stator_stage_radix4(int32_t *z, const int32_t *end, uint32_t span)
FUNC stator_stage_radix4
        ENTER
        li      a3, 1024
        divu    a3, a3, a2              # bytes from one turn to the next
        slli    a2, a2, 3               # bytes of a quarter
        add     t6, a0, a2              # where k ends
        mv      t0, a0
3:      add     t1, t0, a2              # nothing to turn
        add     t2, t1, a2
        add     t3, t2, a2
        lw      s0, 0(t0)
        lw      s1, 4(t0)
        lw      s2, 0(t2)
        lw      s3, 4(t2)
        lw      s4, 0(t1)
        lw      s5, 4(t1)
        lw      s6, 0(t3)
        lw      s7, 4(t3)
        .irp    n, 0, 1, 2, 3, 4, 5, 6, 7
        srai    s\n, s\n, 1
        .endr
        COMBINE s0, s1, s2, s3, s4, s5, s6, s7, t4, t5, 0, t0, 0, t1, 0, t2, 0, t3
        add     t0, t3, a2
        bltu    t0, a1, 3b
        la      a5, stator_dsp_sine
        mv      a6, a5
        mv      a7, a5
        add     t0, t6, a2              # one block alone: the next loop but one
        add     t0, t0, a2
        add     t0, t0, a2
        beq     t0, a1, 5f
        j       6f
4:      add     a5, a5, a3
        add     a6, a6, a3
        add     a6, a6, a3
        add     a7, a7, a3
        add     a7, a7, a3
        add     a7, a7, a3
        lw      s0, COSINE(a5)
        lw      s1, 0(a5)
        lw      s2, COSINE(a6)
        lw      s3, 0(a6)
        lw      s4, COSINE(a7)
        lw      s5, 0(a7)
        mv      t0, a0
7:      add     t1, t0, a2
        add     t2, t1, a2
        add     t3, t2, a2
        BUTTERFLY
        add     t0, t3, a2
        bltu    t0, a1, 7b
6:      addi    a0, a0, 8
        bne     a0, t6, 4b
        j       10f

5:      slli    a4, a3, 1               # one block: pointers go along
        sw      a4, 52(sp)
        add     a4, a4, a3
        sw      a4, 56(sp)
        mv      t0, a0
        add     t1, t0, a2
        add     t2, t1, a2
        add     t3, t2, a2
        j       8f
9:      lw      a4, 52(sp)
        lw      a2, 56(sp)
        add     a5, a5, a3
        add     a6, a6, a4
        add     a7, a7, a2
        lw      s0, COSINE(a5)
        lw      s1, 0(a5)
        lw      s2, COSINE(a6)
        lw      s3, 0(a6)
        lw      s4, COSINE(a7)
        lw      s5, 0(a7)
        BUTTERFLY
8:      addi    t0, t0, 8
        addi    t1, t1, 8
        addi    t2, t2, 8
        addi    t3, t3, 8
        bne     t0, t6, 9b
10:
        LEAVE
ENDFUNC stator_stage_radix4

# void stator_stage_split(int32_t *z, uint32_t size, uint32_t bins)
        .macro  SPLIT_LOADS
        lw      t0, 0(a0)
        lw      t1, 4(a0)
        lw      t2, 0(a1)
        lw      t3, 4(a1)
        lw      t4, COSINE(a4)
        lw      t5, 0(a4)
        srai    t0, t0, 1
        srai    t1, t1, 1
        srai    t2, t2, 1
        srai    t3, t3, 1
        add     a5, t0, t2              # even
        sub     a6, t1, t3
        add     t1, t1, t3              # odd
        sub     t2, t2, t0
        mulh    t0, t1, t4
        mulh    t3, t2, t5
        add     t0, t0, t3              # low
        mulh    t3, t2, t4
        mulh    t6, t1, t5
        sub     t3, t3, t6
        srai    a7, a5, 1
        srai    t6, a6, 1
        add     t0, t0, a7
        add     t6, t6, t3
        .endm

FUNC stator_stage_split
        li      a3, 2048
        divu    a3, a3, a1              # bytes from one turn to the next
        slli    a1, a1, 3
        slli    a2, a2, 3
        add     a2, a0, a2              # behind the last bin wanted
        add     a1, a0, a1
        lw      t0, 0(a0)
        lw      t1, 4(a0)
        srai    t0, t0, 1
        srai    t1, t1, 1
        add     t0, t0, t1
        sw      t0, 0(a0)
        sw      zero, 4(a0)
        la      a4, stator_dsp_sine
        j       2f
1:      add     a4, a4, a3              # the mirrored bin is not wanted
        SPLIT_LOADS
        sw      t0, 0(a0)
        sw      t6, 4(a0)
2:      addi    a0, a0, 8
        addi    a1, a1, -8
        bgeu    a1, a2, 1b
3:      add     a4, a4, a3
        SPLIT_LOADS
        neg     t4, t4
        neg     t2, t2
        mulh    t1, t1, t4              # high
        mulh    t2, t2, t5
        neg     a6, a6
        srai    a6, a6, 1
        add     t1, t1, t2
        add     t1, t1, a7
        add     a6, a6, t3
        sw      t1, 0(a1)
        sw      a6, 4(a1)
        sw      t0, 0(a0)
        sw      t6, 4(a0)
        addi    a0, a0, 8
        addi    a1, a1, -8
        bleu    a0, a1, 3b
        ret
ENDFUNC stator_stage_split
