/* See broken.h. r0: out, r1: in; returns r0 = 0. */
        .syntax unified
        .thumb
#if defined(__ARM_ARCH_8M_BASE__)
        .arch   armv8-m.main
#endif

        .macro  KERNEL how
        .section .text.broken_\how, "ax", %progbits
        .global broken_\how
        .type   broken_\how, %function
        .thumb_func
broken_\how:
        push    {r4-r7}
        movs    r2, #16
1:      ldrsb   r3, [r1], #1
        rsbs    r3, r3, #0
        strb    r3, [r0], #1
        subs    r2, #1
        bne     1b
        pop     {r4-r7}
        .endm
        .macro  RETURN
        movs    r0, #0
        bx      lr
        .endm

        KERNEL  none
        RETURN
        KERNEL  value
        subs    r3, #1
        strb    r3, [r0, #-1]
        RETURN
        KERNEL  register
        mov     r8, r3
        RETURN
        KERNEL  stack
        str     r3, [sp, #16]
        RETURN
        KERNEL  before
        strb    r3, [r0, #-17]
        RETURN
        KERNEL  behind
        strb    r3, [r0]
        RETURN
        KERNEL  input
        ldrb    r3, [r1]
        RETURN
        KERNEL  status
        mvn     r0, #21
        bx      lr
#if defined(__ARM_FP)
        KERNEL  vector
        vmov    s19, r3
        RETURN
#endif
