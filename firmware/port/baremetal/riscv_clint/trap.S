# stator_trap_entry: where mtvec points (direct mode).
#
# An interrupt saves what a function of C may clobber on the stack that is in use, the only one, and calls
# void baremetal_interrupt(uint32_t cause, uint32_t entered_at) with mcycle of its entry. An exception ends the program, on the top
# of the stack and before anything is stored: the stack may be the cause.
    .section .text.stator_trap_entry, "ax", @progbits
    .globl stator_trap_entry
    .type stator_trap_entry, @function
    .align 6
stator_trap_entry:
    csrw mscratch, a0
    csrr a0, mcause
    bgez a0, 1f
    csrr a0, mscratch
    addi sp, sp, -64
    sw a0, 0(sp)
    sw a1, 4(sp)
    csrr a1, mcycle
    csrr a0, mcause
    sw ra, 8(sp)
    sw t0, 12(sp)
    sw t1, 16(sp)
    sw t2, 20(sp)
    sw a2, 24(sp)
    sw a3, 28(sp)
    sw a4, 32(sp)
    sw a5, 36(sp)
    sw a6, 40(sp)
    sw a7, 44(sp)
    sw t3, 48(sp)
    sw t4, 52(sp)
    sw t5, 56(sp)
    sw t6, 60(sp)
    call baremetal_interrupt
    lw ra, 8(sp)
    lw t0, 12(sp)
    lw t1, 16(sp)
    lw t2, 20(sp)
    lw a2, 24(sp)
    lw a3, 28(sp)
    lw a4, 32(sp)
    lw a5, 36(sp)
    lw a6, 40(sp)
    lw a7, 44(sp)
    lw t3, 48(sp)
    lw t4, 52(sp)
    lw t5, 56(sp)
    lw t6, 60(sp)
    lw a0, 0(sp)
    lw a1, 4(sp)
    addi sp, sp, 64
    mret
1:  csrr a0, mcause
    csrr a1, mepc
    csrr a2, mtval
    la sp, stator_stack_main_top
    tail stator_riscv_fault
    .size stator_trap_entry, . - stator_trap_entry
