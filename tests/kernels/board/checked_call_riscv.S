# Calls a kernel and finds out what it does to registers and stack that are not its own.
#
# uint32_t checked_call(    returns what the kernel returned
#     check_function *f,    a0
#     void *const *args,    a1: eight arguments
#     struct seen *seen);   a2: {uint32_t registers, stack_bytes}, written
#
# seen->registers: bit n = s(n) was not kept, bit 12 = sp moved, bit 13 = the caller's frame was written, bit 14 = gp, bit 15 = tp.
# seen->stack_bytes: how far below its entry the kernel used the stack, up to CHECK_STACK_BYTES.
# Frame: 0 eight canary words, 32 s0-s11, 80 ra, 84 seen, 88 gp, 92 tp.
        .equ    CHECK_STACK_BYTES, 2048
        .equ    PAINT, 0x5a5aa5a5
        .option norelax

        .section .text.checked_call, "ax", @progbits
        .balign 4
        .globl  checked_call
        .type   checked_call, @function
checked_call:
        addi    sp, sp, -96
        .irp    n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
        sw      s\n, 32 + 4 * \n(sp)
        .endr
        sw      ra, 80(sp)
        sw      a2, 84(sp)
        sw      gp, 88(sp)
        sw      tp, 92(sp)
        li      t0, PAINT
        .irp    n, 0, 1, 2, 3, 4, 5, 6, 7
        sw      t0, 4 * \n(sp)
        .endr
        li      t1, CHECK_STACK_BYTES
        sub     t1, sp, t1
1:      sw      t0, 0(t1)
        addi    t1, t1, 4
        bne     t1, sp, 1b
        mv      t0, a0
        mv      t1, a1
        .irp    n, 0, 1, 2, 3, 4, 5, 6, 7
        lw      a\n, 4 * \n(t1)
        .endr
        la      t1, saved_sp
        sw      sp, 0(t1)
        .irp    n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
        li      s\n, 0x8000ca00 + 0x10001 * \n
        .endr
        li      gp, 0x8000ca10
        li      tp, 0x8000ca11
        jalr    t0
        li      t2, 0
        .irp    n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
        li      t0, 0x8000ca00 + 0x10001 * \n
        beq     s\n, t0, 2f
        li      t0, 1 << \n
        or      t2, t2, t0
2:
        .endr
        li      t0, 0x8000ca10
        beq     gp, t0, 2f
        li      t0, 1 << 14
        or      t2, t2, t0
2:      li      t0, 0x8000ca11
        beq     tp, t0, 2f
        li      t0, 1 << 15
        or      t2, t2, t0
2:      la      t1, saved_sp
        lw      t1, 0(t1)
        beq     sp, t1, 2f
        li      t0, 1 << 12
        or      t2, t2, t0
        mv      sp, t1
2:      li      t0, PAINT
        .irp    n, 0, 1, 2, 3, 4, 5, 6, 7
        lw      t1, 4 * \n(sp)
        bne     t1, t0, 3f
        .endr
        j       4f
3:      li      t1, 1 << 13
        or      t2, t2, t1
4:      li      t3, CHECK_STACK_BYTES   # the deepest word that is not paint
        sub     t1, sp, t3
5:      lw      t4, 0(t1)
        bne     t4, t0, 6f
        addi    t1, t1, 4
        bne     t1, sp, 5b
6:      sub     t3, sp, t1
        lw      t1, 84(sp)
        sw      t2, 0(t1)
        sw      t3, 4(t1)
        .irp    n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
        lw      s\n, 32 + 4 * \n(sp)
        .endr
        lw      ra, 80(sp)
        lw      gp, 88(sp)
        lw      tp, 92(sp)
        addi    sp, sp, 96
        ret
        .size   checked_call, . - checked_call

        .section .bss.saved_sp, "aw", @nobits
        .balign 4
saved_sp:
        .space  4
