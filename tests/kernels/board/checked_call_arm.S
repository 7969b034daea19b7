/* Calls a kernel and finds out what it does to registers and stack that are not its own.
 *
 * uint32_t checked_call(    returns what the kernel returned
 *     check_function *f,    r0
 *     void *const *args,    r1: eight arguments; the last four go over the stack
 *     struct seen *seen);   r2: {uint32_t registers, stack_bytes}, written
 *
 * seen->registers: bit n - 4 = r(n) was not kept, bit 8 = sp moved, bit 9 = the caller's frame was written; where there is an FPU, bit 10 =
 * one of d8-d15 was not kept; where there is Helium, bit 11 = predication was left on.
 * seen->stack_bytes: how far below its entry the kernel used the stack, up to CHECK_STACK_BYTES.
 * Clobbers r0-r3, r12, lr. Frame: 0 four arguments, 16 eight canary words, 48 seen, 52 pad, where there is an FPU d8-d15, then r4-r11 lr,
 * pad.
 */
        .syntax unified
        .thumb
#if defined(__ARM_ARCH_8M_BASE__)
        .arch   armv8-m.main            /* the core that runs this in its place; the kernel is assembled for its own */
#endif
        .equ    CHECK_STACK_BYTES, 2048
        .equ    PAINT, 0x5a5aa5a5

        .section .text.checked_call, "ax", %progbits
        .balign 4
        .global checked_call
        .type   checked_call, %function
        .thumb_func
checked_call:
        sub     sp, sp, #4
        push    {r4-r11, lr}
#if defined(__ARM_FP)
        vpush   {d8-d15}
#endif
        sub     sp, sp, #56
        str     r2, [sp, #48]
        mov     r12, r0
        ldr     r3, =PAINT
        add     r4, sp, #16             /* canary */
        movs    r5, #8
1:      str     r3, [r4], #4
        subs    r5, #1
        bne     1b
        mov     r4, sp                  /* paint */
        ldr     r5, =CHECK_STACK_BYTES
2:      str     r3, [r4, #-4]!
        subs    r5, #4
        bne     2b
        ldm     r1!, {r4-r7}            /* arguments */
        ldm     r1, {r8-r11}
        stm     sp, {r8-r11}
        mov     r0, r4
        mov     r1, r5
        mov     r2, r6
        mov     r3, r7
        ldr     r4, =saved_sp
        str     sp, [r4]
#if defined(__ARM_FP)
        ldr     r4, =kept
        vldm    r4, {d8-d15}
#endif
        .irp    n, 4, 5, 6, 7, 8, 9, 10, 11
        movw    r\n, #0xca00 + \n
        movt    r\n, #0x8000 + \n
        .endr
        blx     r12
        ldr     r1, =saved_sp
        ldr     r1, [r1]
        movs    r2, #0
        cmp     sp, r1
        it      ne
        orrne   r2, r2, #1 << 8
        mov     sp, r1
        .irp    n, 4, 5, 6, 7, 8, 9, 10, 11
        movw    r3, #0xca00 + \n
        movt    r3, #0x8000 + \n
        cmp     r\n, r3
        it      ne
        orrne   r2, r2, #1 << (\n - 4)
        .endr
#if defined(__ARM_FP)
        ldr     r4, =kept
        .irp    n, 8, 9, 10, 11, 12, 13, 14, 15
        ldrd    r5, r6, [r4], #8
        vmov    r7, r8, d\n
        cmp     r5, r7
        it      eq
        cmpeq   r6, r8
        it      ne
        orrne   r2, r2, #1 << 10
        .endr
#endif
#if defined(__ARM_FEATURE_MVE)
        vmrs    r4, vpr
        lsrs    r4, r4, #16             /* masks of a block */
        it      ne
        orrne   r2, r2, #1 << 11
#endif
        ldr     r3, =PAINT
        add     r4, sp, #16
        movs    r5, #8
3:      ldr     r6, [r4], #4
        cmp     r6, r3
        it      ne
        orrne   r2, r2, #1 << 9
        subs    r5, #1
        bne     3b
        ldr     r4, =CHECK_STACK_BYTES  /* the deepest word that is not paint */
        sub     r6, sp, r4
4:      ldr     r7, [r6], #4
        cmp     r7, r3
        bne     5f
        subs    r4, #4
        bne     4b
5:      ldr     r5, [sp, #48]
        stm     r5, {r2, r4}
        add     sp, sp, #56
#if defined(__ARM_FP)
        vpop    {d8-d15}
#endif
        pop     {r4-r11, lr}
        add     sp, sp, #4
        bx      lr
        .ltorg
        .size   checked_call, . - checked_call

#if defined(__ARM_FP)
        .section .rodata.kept, "a", %progbits
        .balign 8
kept:
        .irp    n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
        .word   0xd800ca00 + 0x10001 * \n
        .endr
#endif

        .section .bss.saved_sp, "aw", %nobits
        .balign 4
saved_sp:
        .space  4
