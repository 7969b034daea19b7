# stator_trap_entry: where mtvec points (direct mode).
#
# Notes in mscratch what mcycle was as the interrupt came in, before the kernel saves 30 registers: times that start here are
# honest to seven instructions. Then goes on to the kernel's entries. Uses 16 bytes of the interrupted stack, which the kernel's
# frame takes anyway. An exception other than an environment call (the kernel's yield) ends the program, on the main stack and
# without a look at the one that was in use: that may be the cause, with a guard at its end (stator/guard.h).
    .section .text.stator_trap_entry, "ax", @progbits
    .globl stator_trap_entry
    .type stator_trap_entry, @function
    .align 6
stator_trap_entry:
    csrw mscratch, t0
    csrr t0, mcause
    bgez t0, 1f
    csrr t0, mscratch
    addi sp, sp, -16
    sw t0, 0(sp)
    csrr t0, mcycle
    csrw mscratch, t0
    lw t0, 0(sp)
    addi sp, sp, 16
    tail freertos_risc_v_interrupt_handler
1:  addi t0, t0, -11
    bnez t0, 2f
    csrr t0, mscratch
    tail freertos_risc_v_exception_handler
2:  csrr a0, mcause
    csrr a1, mepc
    csrr a2, mtval
    la sp, stator_stack_main_top
    tail stator_riscv_fault
    .size stator_trap_entry, . - stator_trap_entry
