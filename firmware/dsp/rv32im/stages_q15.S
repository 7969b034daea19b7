# See stages_q15.h. RV32IM. One instruction after the other is laid out for cores with a load delay of one clock.
#include "common/asm.h"

# The eight numbers of a butterfly; x and y are free, and so are t0, t1.
#define re0 s0
#define re1 s1
#define re2 s2
#define re3 s3
#define re4 s4
#define re5 s5
#define re6 s6
#define re7 s7
#define im0 s8
#define im1 s9
#define im2 s10
#define im3 s11
#define im4 t3
#define im5 t4
#define im6 t5
#define im7 t6
#define x a4
#define y a5
#define eighth a6 /* 23,170: sin(pi / 4) in q15 */
#define half a7   /* 2^14 */

        .macro  ENTER
        addi    sp, sp, -64
        .cfi_def_cfa_offset 64
        SAVE
        li      eighth, 23170
        li      half, 1 << 14
        .endm

        .macro  LEAVE
        RESTORE
        addi    sp, sp, 64
        ret
        .endm

# difference = a - b, a = a + b; b is lost.
        .macro  PAIR a, b, difference
        sub     \difference, \a, \b
        add     \a, \a, \b
        .endm

# (tr, ti) = (r, i) turned by an eighth of a circle, to nearest; r and i are lost, tr is not r, ti may be r.
        .macro  TURN_EIGHTH r, i, tr, ti
        add     \tr, \r, \i
        sub     \ti, \i, \r
        mul     \tr, \tr, eighth
        mul     \ti, \ti, eighth
        add     \tr, \tr, half
        add     \ti, \ti, half
        srai    \tr, \tr, 15
        srai    \ti, \ti, 15
        .endm

# Parts a + b to `plus` bytes from `to`, a - b to `minus`, each shifted right by `shift`, `more` added to the first. a is lost.
        .macro  PUT a, b, plus, minus, to, shift, more=0
        add     im5, \a, \b
        sub     \a, \a, \b
        .if     \shift
        srai    im5, im5, \shift
        srai    \a, \a, \shift
        .endif
        .if     \more
        addi    im5, im5, \more
        .endif
        sh      im5, \plus(\to)
        sh      \a, \minus(\to)
        .endm

# The FFT of the eight numbers, to `to` and `apart`, twice `apart`, ... bytes further.
        .macro  EIGHT to, apart, shift, more
        PAIR    re0, re4, x             # sums and differences of the numbers 0 and 4, 2 and 6, 1 and 5, 3 and 7
        PAIR    im0, im4, y
        PAIR    re2, re6, re4
        PAIR    im2, im6, im4
        PAIR    re1, re5, re6
        PAIR    im1, im5, im6
        PAIR    re3, re7, re5
        PAIR    im3, im7, im5
        PAIR    re0, re2, re7           # even numbers' FFT: (re0, im0), (x, im3), (re7, im7), (re3, y)
        PAIR    im0, im2, im7
        PAIR    re1, re3, re2           # odd ones': (re1, im1), (re6, re4), (re2, im2), (im4, im6)
        PAIR    im1, im3, im2
        PAIR    x, im4, re3
        PAIR    y, re4, im3
        PAIR    re6, im5, im4
        PAIR    im6, re5, re4
        TURN_EIGHTH re6, re4, re5, re6
        TURN_EIGHTH im4, im6, re4, im4
        PUT     re0, re1, 0, 4 * \apart, \to, \shift, \more
        PUT     im0, im1, 2, 4 * \apart + 2, \to, \shift, \more
        PUT     x, re5, \apart, 5 * \apart, \to, \shift
        PUT     im3, re6, \apart + 2, 5 * \apart + 2, \to, \shift
        PUT     re7, im2, 2 * \apart, 6 * \apart, \to, \shift
        PUT     im7, re2, 6 * \apart + 2, 2 * \apart + 2, \to, \shift
        PUT     re3, im4, 3 * \apart, 7 * \apart, \to, \shift
        PUT     y, re4, 7 * \apart + 2, 3 * \apart + 2, \to, \shift
        .endm

# The first stage's results of butterfly n lie at 256 (n mod 8) + 32 (n / 8) bytes: a row of eight, then the next one, 32 bytes further.
# Goes on: to `loop` in the row that ends at t2, to the code behind with the next row ahead.
        .macro  NEXT_FIRST loop
        addi    a0, a0, 256
        bne     a0, t2, \loop
        addi    a0, a0, -2048 + 32
        addi    t2, t2, 32
        .endm

        .macro  ENTER_FIRST
        ENTER
        addi    t2, a0, 1024
        addi    t2, t2, 1024
        addi    ra, a1, 256             # where the second eighth of the samples begins
        .endm

# Two samples each, times the gain.
        .macro  SCALED r, i, number
        lh      \r, 256 * \number(a1)
        lh      \i, 256 * \number + 2(a1)
        mul     \r, \r, a2
        mul     \i, \i, a2
        srai    \r, \r, 16
        srai    \i, \i, 16
        .endm

# void stator_q15_eights(int16_t *z, const int16_t *x, int32_t gain)
FUNC stator_q15_eights
        ENTER_FIRST
3:      SCALED  re0, im0, 0
        SCALED  re1, im1, 1
        SCALED  re2, im2, 2
        SCALED  re3, im3, 3
        SCALED  re4, im4, 4
        SCALED  re5, im5, 5
        SCALED  re6, im6, 6
        SCALED  re7, im7, 7
        EIGHT   a0, 4, 0, 0
        addi    a1, a1, 4
        NEXT_FIRST 3b
        bne     a1, ra, 3b
        LEAVE
ENDFUNC stator_q15_eights

# Two samples each, a2 taken off, times the gain, windowed by the cosines `cosine` bytes from t0. t1: 2^30 - 1.
        .macro  WINDOWED r, i, number, cosine
        lh      \r, 256 * \number(a1)
        lh      \i, 256 * \number + 2(a1)
        lw      x, \cosine(t0)
        lw      y, \cosine + 4(t0)
        sub     \r, \r, a2
        sub     \i, \i, a2
        mul     \r, \r, a3
        mul     \i, \i, a3
        srai    x, x, 1
        srai    y, y, 1
        sub     x, t1, x
        sub     y, t1, y
        mulh    \r, \r, x
        mulh    \i, \i, y
        srai    \r, \r, 16
        srai    \i, \i, 16
        .endm

# void stator_q15_windowed(int16_t *z, const int16_t *half, int32_t mean, int32_t gain)
FUNC stator_q15_windowed
        ENTER_FIRST
        la      t0, stator_dsp_sine + 2048
        li      t1, (1 << 30) - 1
3:      WINDOWED re0, im0, 0, -1024
        WINDOWED re1, im1, 1, -512
        WINDOWED re2, im2, 2, 0
        WINDOWED re3, im3, 3, 512
        WINDOWED re4, im4, 4, 1024
        WINDOWED re5, im5, 5, 1536
        WINDOWED re6, im6, 6, -2048     # the table's end, where it goes on at its start
        WINDOWED re7, im7, 7, -1536
        EIGHT   a0, 4, 0, 0
        addi    a1, a1, 4
        addi    t0, t0, 8
        NEXT_FIRST 3b
        bne     a1, ra, 3b
        LEAVE
ENDFUNC stator_q15_windowed

# A number `at` bytes from a0, turned by the cosine and sine `turn` bytes from a1, a quarter of it.
        .macro  TURNED r, i, at, turn
        lh      \r, \at(a0)
        lh      t0, \turn(a1)
        lh      \i, \at + 2(a0)
        lh      t1, \turn + 2(a1)
        mul     x, \r, t0
        mul     \r, \r, t1
        mul     y, \i, t1
        mul     \i, \i, t0
        add     x, x, y
        sub     \i, \i, \r
        srai    \r, x, 16
        srai    \i, \i, 16
        .endm

# The butterflies of the blocks from a0 on, of which a3 is the end. A row of turns is 28 bytes, and every (64 / span)th is read.
        .macro  JOIN span
        la      a1, stator_dsp_turns_q15
        addi    a2, a1, 64 * 28 / 2
        addi    a2, a2, 64 * 28 / 2
3:      TURNED  re1, im1, 4 * \span, 0
        TURNED  re2, im2, 8 * \span, 4
        TURNED  re3, im3, 12 * \span, 8
        TURNED  re4, im4, 16 * \span, 12
        TURNED  re5, im5, 20 * \span, 16
        TURNED  re6, im6, 24 * \span, 20
        TURNED  re7, im7, 28 * \span, 24
        lh      re0, 0(a0)              # the first: not turned
        lh      im0, 2(a0)
        addi    a1, a1, 28 * 64 / \span
        srai    re0, re0, 2
        srai    im0, im0, 2
        EIGHT   a0, 4 * \span, 1, 2     # 2: what rounding down took off all eight adds up there
        addi    a0, a0, 4
        bne     a1, a2, 3b
        .if     \span < 64
        addi    a1, a1, -64 * 28
        addi    a0, a0, 28 * \span
        bne     a0, a3, 3b
        .endif
        LEAVE
        .endm

# void stator_q15_radix8(int16_t *z, uint32_t span)
FUNC stator_q15_radix8
        ENTER
        addi    a3, a0, 1024
        addi    a3, a3, 1024
        li      t0, 8
        bne     a1, t0, 4f
        JOIN    8
4:      JOIN    64
ENDFUNC stator_q15_radix8

# Of the numbers at a2 + at and a3 - at, turned by the cosine at a4 + at: bin k is (t0 + t2, t1 + t3), the mirrored one (t0 - t2, t3 - t1).
        .macro  SPLIT at
        lh      t0, \at(a2)
        lh      t2, -\at(a3)
        lh      t1, \at + 2(a2)
        lh      t3, -\at + 2(a3)
        lh      t4, \at(a4)
        lh      t5, \at + 2(a4)
        sub     t6, t2, t0              # odd
        add     a7, t1, t3
        sub     t4, a6, t4              # the sine
        add     t0, t0, t2              # even
        sub     t1, t1, t3
        mul     t2, a7, t5
        mul     t3, t6, t5
        mul     t6, t6, t4
        mul     a7, a7, t4
        slli    t0, t0, 13
        slli    t1, t1, 13
        add     t2, t2, t6
        sub     t3, t3, a7
        .endm

        .macro  PUT_LOW at
        add     t4, t0, t2
        add     t5, t1, t3
        sw      t4, \at(a0)
        sw      t5, \at + 4(a0)
        .endm

        .macro  PUT_MIRRORED at
        sub     t0, t0, t2
        sub     t3, t3, t1
        sw      t0, \at(a5)
        sw      t3, \at + 4(a5)
        .endm

# void stator_q15_split(int32_t *z, uint32_t bins)
FUNC stator_q15_split
        addi    a2, a0, 1024            # the numbers: the first, the end
        addi    a3, a2, 1024
        addi    a3, a3, 1024
        slli    a1, a1, 3
        add     a1, a0, a1              # behind the last bin wanted
        addi    a5, a3, 1024            # behind the mirrored bin
        la      a4, stator_dsp_split_q15
        lh      t0, 0(a2)
        lh      t1, 2(a2)
        li      a6, 1 << 13
        add     t0, t0, t1
        addi    t0, t0, 8               # what rounding the samples down took off
        slli    t0, t0, 14
        sw      t0, 0(a0)
        sw      zero, 4(a0)
        addi    a2, a2, 4
        addi    a3, a3, -4
        addi    a0, a0, 8
        j       2f
1:      SPLIT   0                       # the mirrored bin is not wanted
        PUT_LOW 0
        addi    a2, a2, 4
        addi    a3, a3, -4
        addi    a4, a4, 4
        addi    a0, a0, 8
2:      addi    a5, a5, -8
        bgeu    a5, a1, 1b
3:      SPLIT   0
        addi    a2, a2, 4
        PUT_LOW 0
        addi    a3, a3, -4
        PUT_MIRRORED 0
        addi    a4, a4, 4
        addi    a0, a0, 8
        addi    a5, a5, -8
        bleu    a0, a5, 3b
        ret
ENDFUNC stator_q15_split
