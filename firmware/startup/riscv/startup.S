# _start: global pointer, main stack filled with what its high-water mark is read by (0xa5), trap vector, then C.
# The main stack (stator_stack_main in the memory plan) serves start-up and main, then every interrupt.
    .section .text.start, "ax", @progbits
    .globl _start
    .type _start, @function
_start:
    csrci mstatus, 8
    .option push
    .option norelax
    lui t0, %hi(.Llinked)         # a chip may come out of reset at an alias of its flash; from here on at the linked address
    jr %lo(.Llinked)(t0)
.Llinked:
    la gp, __global_pointer$
    .option pop
    la sp, stator_stack_main_top
    la t0, stator_stack_main
    li t1, 0xa5a5a5a5
1:  bgeu t0, sp, 2f
    sw t1, 0(t0)
    addi t0, t0, 4
    j 1b
2:  la t0, stator_trap_entry
    csrw mtvec, t0
    tail stator_start
