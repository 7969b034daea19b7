/* See stages_q15.h. Armv7E-M and Armv8-M with the DSP extension: a complex number is one register, its real part the lower half.
 *
 * A butterfly's eight numbers are in r4 to r11; r3, r12 and lr are free.
 */
#include "common/asm.h"

        .equ    EIGHTH, 23170           /* sin(pi / 4) in q15 */

/* z turned by an eighth of a circle, to nearest. */
        .macro  TURN_EIGHTH z, eighth, half, t
        smlad   \t, \z, \eighth, \half
        smlsdx  \z, \eighth, \z, \half
        lsl     \z, \z, #1
        pkhtb   \z, \z, \t, asr #15
        .endm

/* The FFT of the eight numbers, the last step by the instructions \add, \sub and, where a number is turned by a quarter, \turned_add and
 * \turned_sub. half: 2^14. Results 0 to 7 are in r3 to r7 and r10 to r12. */
        .macro  EIGHT add, sub, turned_add, turned_sub, half
        sadd16  r12, r4, r8             /* sums and differences of the numbers 0 and 4, 2 and 6, 1 and 5, 3 and 7 */
        ssub16  r8, r4, r8
        sadd16  r4, r6, r10
        ssub16  r10, r6, r10
        sadd16  r6, r5, r9
        ssub16  r9, r5, r9
        sadd16  r5, r7, r11
        ssub16  r11, r7, r11
        sadd16  r7, r12, r4             /* even numbers' FFT: r7, r5, r12, r8 */
        ssub16  r12, r12, r4
        sadd16  r4, r6, r5              /* odd ones': r4, r10, r6, r9 */
        ssub16  r6, r6, r5
        ssax    r5, r8, r10
        sasx    r8, r8, r10
        ssax    r10, r9, r11
        sasx    r9, r9, r11
        ldr     r3, =EIGHTH * 0x10001
        TURN_EIGHTH r10, r3, \half, r11
        TURN_EIGHTH r9, r3, \half, r11
        \add    r3, r7, r4
        \sub    r7, r7, r4
        \add    r4, r5, r10
        \sub    r10, r5, r10
        \turned_add r5, r12, r6
        \turned_sub r11, r12, r6
        \turned_add r6, r8, r9
        \turned_sub r12, r8, r9
        .endm

/* The first stage's results of butterfly n lie at 256 (n mod 8) + 32 (n / 8) bytes: a row of eight, then the next one, 32 bytes further.
 * Frame: 0 the place of the next results, 4 the end of the row, 8 the end of the first eighth of the samples. */
        .macro  ENTER_FIRST
        add     r3, r1, #256
        push    {r3}
        .cfi_adjust_cfa_offset 4
        add     r3, r0, #2048
        push    {r0, r3}
        .cfi_adjust_cfa_offset 8
        .endm

/* Stores the results and goes on: to `loop` in the row, to the code behind with the next row ahead. */
        .macro  PUT_FIRST loop
        ldrd    r8, r9, [sp]
        stm     r8, {r3-r7, r10-r12}
        add     r8, r8, #256
        str     r8, [sp]
        cmp     r8, r9
        bne     \loop
        sub     r8, r8, #2048 - 32
        add     r9, r9, #32
        strd    r8, r9, [sp]
        .endm

        .macro  LEAVE_FIRST
        add     sp, sp, #12
        pop     {r4-r11, pc}
        .endm

/* void stator_q15_eights(int16_t *z, const int16_t *x, int32_t gain) */
FUNC stator_q15_eights
        PUSH_SAVED
        ENTER_FIRST
        sub     r1, r1, #4
        mov     lr, #1 << 14
1:      ldr     r4, [r1, #4]!
        .irp    n, 5, 6, 7, 8, 9, 10, 11
        ldr     r\n, [r1, #256 * (\n - 4)]
        .endr
        .irp    n, 4, 5, 6, 7, 8, 9, 10, 11
        smulwb  r12, r2, r\n
        smulwt  r\n, r2, r\n
        pkhbt   r\n, r12, r\n, lsl #16
        .endr
        EIGHT   sadd16, ssub16, ssax, sasx, lr
        PUT_FIRST 1b
        ldr     r3, [sp, #8]
        adds    r4, r1, #4
        cmp     r4, r3
        bne     1b
        LEAVE_FIRST
        .ltorg
ENDFUNC stator_q15_eights

/* Sample `at` bytes from r1, windowed by the cosine `cosine` bytes from r0, in the upper half. r2: gain * -mean, r3: gain. */
        .macro  WINDOWED x, at, cosine
        ldrsh   \x, [r1, #\at]
        ldr     lr, [r0, #\cosine]
        mla     \x, \x, r3, r2
        mvn     lr, lr, asr #1
        add     lr, lr, #1 << 30
        smmul   \x, \x, lr
        .endm

/* void stator_q15_windowed(int16_t *z, const int16_t *half, int32_t mean, int32_t gain) */
FUNC stator_q15_windowed
        PUSH_SAVED
        push    {r3}
        .cfi_adjust_cfa_offset 4
        mul     r2, r2, r3
        rsb     r2, r2, #0
        ENTER_FIRST
        ldr     r0, =stator_dsp_sine
1:      ldr     r3, [sp, #12]
        .irp    n, 4, 5, 6, 7, 8, 9, 10, 11
        WINDOWED r12, 256 * (\n - 4), (512 * (\n - 4) + 1024) % 4096
        WINDOWED r\n, 256 * (\n - 4) + 2, (512 * (\n - 4) + 1024) % 4096 + 4
        pkhtb   r\n, r\n, r12, asr #16
        .endr
        mov     lr, #1 << 14
        EIGHT   sadd16, ssub16, ssax, sasx, lr
        adds    r1, r1, #4
        add     r0, r0, #8
        PUT_FIRST 1b
        ldr     r3, [sp, #8]
        cmp     r1, r3
        bne     1b
        add     sp, sp, #4
        .cfi_adjust_cfa_offset -4
        LEAVE_FIRST
        .ltorg
ENDFUNC stator_q15_windowed

/* The butterflies of the blocks from r0 on, of which r3 is the end. A row of turns is 28 bytes, and every (64 / span)th is read. */
        .macro  JOIN span
        push    {r3}
        .cfi_adjust_cfa_offset 4
        mov     r2, #1 << 14
        ldr     r1, =stator_dsp_turns_q15
        add     lr, r1, #64 * 28
1:      .irp    n, 4, 5, 6, 7, 8, 9, 10, 11
        ldr     r\n, [r0, #4 * \span * (\n - 4)]
        .endr
        asr     r12, r4, #2             /* the first: not turned, a quarter of it */
        sbfx    r4, r4, #2, #14
        pkhbt   r4, r4, r12
        .irp    n, 5, 6, 7, 8, 9, 10, 11
        ldr     r3, [r1], #4
        smuad   r12, r\n, r3
        smusdx  r\n, r3, r\n
        pkhtb   r\n, r\n, r12, asr #16
        .endr
        EIGHT   shadd16, shsub16, shsax, shasx, r2
        mov     r8, #0x00020002         /* what rounding down took off all eight adds up here */
        sadd16  r3, r3, r8
        str     r4, [r0, #4 * \span]
        str     r5, [r0, #4 * \span * 2]
        str     r6, [r0, #4 * \span * 3]
        str     r7, [r0, #4 * \span * 4]
        str     r10, [r0, #4 * \span * 5]
        str     r11, [r0, #4 * \span * 6]
        str     r12, [r0, #4 * \span * 7]
        str     r3, [r0], #4
        .if     \span < 64
        add     r1, r1, #28 * (64 / \span - 1)
        .endif
        cmp     r1, lr
        bne     1b
        .if     \span < 64
        ldr     r3, [sp]
        sub     r1, r1, #64 * 28
        add     r0, r0, #4 * \span * 7
        cmp     r0, r3
        bne     1b
        .endif
        add     sp, sp, #4
        pop     {r4-r11, pc}
        .endm

/* void stator_q15_radix8(int16_t *z, uint32_t span) */
FUNC stator_q15_radix8
        PUSH_SAVED
        add     r3, r0, #2048
        cmp     r1, #8
        bne     2f
        JOIN    8
2:      JOIN    64
        .ltorg
ENDFUNC stator_q15_radix8

/* Numbers k and 512 - k: r7 and r8; 1 - sin and cos: r9; 1 + sin and cos: r10. Bin k: r6 and lr. */
        .macro  SPLIT
        ldr     r7, [r2, #4]!
        ldr     r8, [r3, #-4]!
        ldr     r9, [r4], #4
        rsb     r10, r9, #1 << 14
        pkhbt   r10, r10, r9
        smuad   r6, r7, r9
        smusdx  lr, r9, r7
        smlad   r6, r8, r10, r6
        smlsdx  lr, r8, r10, lr
        .endm

/* void stator_q15_split(int32_t *z, uint32_t bins) */
FUNC stator_q15_split
        PUSH_SAVED
        add     r2, r0, #1024           /* the numbers: the first, the end */
        add     r3, r0, #3072
        add     r1, r0, r1, lsl #3      /* behind the last bin wanted */
        add     r5, r0, #4096           /* behind the mirrored bin */
        ldr     r4, =stator_dsp_split_q15
        ldr     r7, [r2]
        sxth    r6, r7
        add     r6, r6, r7, asr #16
        adds    r6, r6, #8              /* what rounding the samples down took off */
        lsls    r6, r6, #14
        movs    r7, #0
        strd    r6, r7, [r0], #8
        b       2f
1:      SPLIT                           /* the mirrored bin is not wanted */
        strd    r6, lr, [r0], #8
2:      subs    r5, r5, #8
        cmp     r5, r1
        bhs     1b
3:      SPLIT
        smusd   r11, r7, r10
        smuadx  r12, r8, r9
        smlsd   r11, r8, r9, r11
        smuadx  r7, r7, r10
        sub     r12, r12, r7
        strd    r11, r12, [r5], #-8
        strd    r6, lr, [r0], #8
        cmp     r0, r5
        bls     3b
        pop     {r4-r11, pc}
        .ltorg
ENDFUNC stator_q15_split
