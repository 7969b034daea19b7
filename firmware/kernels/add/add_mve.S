/* Sum of two INT8 tensors of one shape for Armv8.1-M with Helium, as one sum of products.
 *
 * int stator_add_s8__mve(
 *     int8_t *out,                             r0
 *     const int8_t *a,                         r1
 *     const int8_t *b,                         r2
 *     const struct stator_add_mve *p,          r3
 *     void *scratch);                          sp + 0, not read
 *
 * Clobbers r0-r3, r12, lr, q0-q2, flags. Stack: 8 bytes. Over-read: none; elements of a and b are read before those of out are written.
 * Registers: r4 multiplier of b, r12 offset; q0 a and the sum, q1 b, q2 multiplier of a.
 */
#include "common/mve.inc"
        .equ    EINVAL, 22

FUNC stator_add_s8__mve
        cbz     r0, 9f
        cbz     r1, 9f
        cbz     r2, 9f
        cbz     r3, 9f
        ldr     r12, [r3, #12]
        cmp     r12, #1
        blt     9f
        push    {r4, lr}
        .cfi_def_cfa_offset 8
        .cfi_offset lr, -4
        dlstp.32 lr, r12
        ldrd    r12, r4, [r3]
        vdup.32 q2, r12
        ldr     r12, [r3, #8]
1:      vldrb.s32 q0, [r1], #4
        vldrb.s32 q1, [r2], #4
        vmlas.s32 q0, q2, r12
        vmla.s32 q0, q1, r4
        vqrshrnb.s32 q0, q0, #16
        vqrshrnb.s16 q0, q0, #6
        vstrb.32 q0, [r0], #4
        letp    lr, 1b
        movs    r0, #0
        pop     {r4, pc}
9:      mvn     r0, #EINVAL - 1
        bx      lr
ENDFUNC stator_add_s8__mve
