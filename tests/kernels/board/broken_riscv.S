# See broken.h. a0: out, a1: in; returns a0 = 0.
        .macro  KERNEL how
        .section .text.broken_\how, "ax", @progbits
        .globl  broken_\how
        .type   broken_\how, @function
broken_\how:
        addi    sp, sp, -16
        sw      s0, 0(sp)
        li      t0, 16
        mv      t1, a0
1:      lb      t2, 0(a1)
        neg     t2, t2
        sb      t2, 0(t1)
        addi    a1, a1, 1
        addi    t1, t1, 1
        addi    t0, t0, -1
        bnez    t0, 1b
        addi    sp, sp, 16
        li      a0, 0
        .endm

        KERNEL  none
        ret
        KERNEL  value
        addi    t2, t2, -1
        sb      t2, -1(t1)
        ret
        KERNEL  register
        mv      s4, t2
        ret
        KERNEL  stack
        sw      t2, 4(sp)
        ret
        KERNEL  before
        sb      t2, -17(t1)
        ret
        KERNEL  behind
        sb      t2, 0(t1)
        ret
        KERNEL  input
        lb      t2, 0(a1)
        ret
        KERNEL  status
        li      a0, -22
        ret
