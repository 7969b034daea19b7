# See fixed.h. RV32IM, which has no instruction that counts zeros.
#include "common/asm.h"

# If t < limit, its upper half is empty: shifts it left by `bits` and counts them in a2.
        .macro  EMPTY limit, bits
        lui     a5, \limit >> 12
        bgeu    a4, a5, 1f
        slli    a4, a4, \bits
        addi    a2, a2, \bits
1:
        .endm

# int32_t stator_log2_q8(uint64_t power)
FUNC stator_log2_q8
        li      a3, 63
        bnez    a1, 2f
        beqz    a0, 3f
        mv      a1, a0
        li      a0, 0
        li      a3, 31
2:      mv      a4, a1
        li      a2, 0
        EMPTY   1 << 16, 16
        EMPTY   1 << 24, 8
        EMPTY   1 << 28, 4
        EMPTY   1 << 30, 2
        bltz    a4, 1f
        addi    a2, a2, 1
1:      sll     a1, a1, a2              # the leading one to bit 31
        srli    a0, a0, 1
        xori    a4, a2, 31
        srl     a0, a0, a4
        or      a1, a1, a0
        slli    a1, a1, 1
        srli    a1, a1, 16              # what follows it, q16
        sub     a3, a3, a2
        lui     a2, 65536 >> 12
        sub     a2, a2, a1
        mul     a2, a2, a1
        li      a4, 22700
        slli    a3, a3, 8
        addi    a1, a1, 128
        srli    a2, a2, 16
        mul     a2, a2, a4
        srli    a2, a2, 16
        add     a1, a1, a2
        srli    a1, a1, 8
        add     a0, a3, a1
        ret
3:      li      a0, 0
        ret
ENDFUNC stator_log2_q8
