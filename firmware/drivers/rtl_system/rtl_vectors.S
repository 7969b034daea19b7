# rtl_vectors: every trap goes on to stator_trap_entry. A table, since Ibex knows only vectored interrupts; 256-byte aligned.
    .section .vectors, "ax", @progbits
    .globl rtl_vectors
    .type rtl_vectors, @function
    .balign 256
    .option push
    .option norvc
rtl_vectors:
    .rept 32
    j stator_trap_entry
    .endr
    .option pop
    .size rtl_vectors, . - rtl_vectors
