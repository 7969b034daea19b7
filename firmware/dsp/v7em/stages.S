/* See stages.h. Armv7E-M and Armv8-M with the DSP extension.
 *
 * Of a butterfly, a is in r4 and r5, b in r6 and r7, c in r8 and r9, d in r10 and r11; r12, r3 and lr are free.
 */
#include "common/asm.h"

        .equ    COSINE, 1024            /* bytes from a sine to its cosine */
        .equ    EIGHTH, 1518500250      /* sin(pi / 4) in q31 */

        .macro  ENTER bytes
        PUSH_SAVED
        sub     sp, sp, #\bytes
        .cfi_adjust_cfa_offset \bytes
        .endm

        .macro  LEAVE bytes
        add     sp, sp, #\bytes
        pop     {r4-r11, pc}
        .endm

/* x + iy = (x + iy) (cos - i sin) / 2 */
        .macro  TURN x, y, cos, sin
        smmul   r12, \x, \sin
        smmul   \x, \x, \cos
        smmla   \x, \y, \sin, \x
        smmul   \y, \y, \cos
        sub     \y, \y, r12
        .endm

/* The last step of a butterfly (combine() of stages.c): of a, and of turned and halved b, c, d. Leaves the outputs 0 to 3 in r10 and
 * r11, r9 and r3, r12 and r8, r4 and r5. */
        .macro  COMBINE
        add     r12, r8, r4, asr #1
        rsb     r4, r8, r4, asr #1
        add     r8, r6, r10
        sub     r6, r6, r10
        asr     r12, r12, #1
        add     r10, r12, r8, asr #1
        sub     r12, r12, r8, asr #1
        add     r8, r9, r5, asr #1
        rsb     r5, r9, r5, asr #1
        add     r9, r7, r11
        sub     r7, r7, r11
        asr     r8, r8, #1
        add     r11, r8, r9, asr #1
        sub     r8, r8, r9, asr #1
        asr     r4, r4, #1
        asr     r5, r5, #1
        add     r9, r4, r7, asr #1
        sub     r4, r4, r7, asr #1
        sub     r3, r5, r6, asr #1
        add     r5, r5, r6, asr #1
        .endm

        .macro  HALVE
        .irp    n, 6, 7, 8, 9, 10, 11
        asr     r\n, r\n, #1
        .endr
        .endm

/* Of a block at \z: four numbers `apart` bytes apart, in the order a, c, b, d. */
        .macro  FETCH z, at, apart
        ldrd    r4, r5, [\z, #\at]
        ldrd    r8, r9, [\z, #\at + \apart]
        ldrd    r6, r7, [\z, #\at + 2 * \apart]
        ldrd    r10, r11, [\z, #\at + 3 * \apart]
        .endm

        .macro  PUT z, at, apart
        strd    r10, r11, [\z, #\at]
        strd    r9, r3, [\z, #\at + \apart]
        strd    r12, r8, [\z, #\at + 2 * \apart]
        strd    r4, r5, [\z, #\at + 3 * \apart]
        .endm

/* The radix-4 stage of the eight numbers at \z, of which the radix-2 stage is done: sums at even places, differences at odd ones. */
        .macro  EIGHT z
        FETCH   \z, 0, 16
        HALVE
        COMBINE
        PUT     \z, 0, 16
        FETCH   \z, 8, 16
        movw    r3, #EIGHTH & 0xffff
        movt    r3, #EIGHTH >> 16
        smmul   r12, r6, r3             /* b turned by an eighth */
        smmul   r7, r7, r3
        add     r6, r12, r7
        sub     r7, r7, r12
        smmul   r12, r10, r3            /* d turned by three eighths */
        smmul   lr, r11, r3
        rsb     r3, r3, #0
        smmul   r10, r10, r3
        smmul   r11, r11, r3
        add     r10, r10, lr
        sub     r11, r11, r12
        mvn     r3, #0x80000000         /* c turned by two eighths: times 2^31 - 1, as the table has it */
        smmul   r12, r8, r3
        smmul   r8, r9, r3
        rsb     r9, r12, #0
        COMBINE
        PUT     \z, 8, 16
        .endm

/* at = the bit-reversed successor of at, half being its highest bit, which is lost. */
        .macro  REVERSED_NEXT at, half
2:      eors    \at, \at, \half
        tst     \at, \half
        itt     eq
        lsreq   \half, \half, #1
        beq     2b
        .endm

/* Parts of samples 128 i and 128 i + 512 further, re or im as `im` is 0 or 1: windowed, radix-2 stage. */
        .macro  WINDOWED i, im, sum, difference
        ldrsh   \sum, [r1, #256 * \i + 2 * \im]
        ldrsh   \difference, [r1, #256 * \i + 1024 + 2 * \im]
        ldr     r11, [r10, #512 * \i + 1024 + 4 * \im]
        ldr     r12, [r10, #(512 * \i + 3072) % 4096 + 4 * \im]
        sub     \sum, \sum, r2
        sub     \difference, \difference, r2
        lsl     \sum, \sum, r3
        lsl     \difference, \difference, r3
        sub     r11, r9, r11, asr #1
        sub     r12, r9, r12, asr #1
        smmul   \sum, \sum, r11
        smmul   \difference, \difference, r12
        asr     r11, \sum, #1
        add     \sum, r11, \difference, asr #1
        sub     \difference, r11, \difference, asr #1
        .endm

/* void stator_stage_windowed(int32_t *z, const int16_t *half, int32_t mean, int room) */
FUNC stator_stage_windowed
        ENTER   28
        ldr     r10, =stator_dsp_sine
        mvn     r9, #0xc0000000
        add     r4, r1, #256            /* ends where the second eighth begins */
        strd    r4, r0, [sp]
        movs    r8, #0                  /* reversed index, in bytes */
        str     r8, [sp, #8]
3:      add     lr, r0, r8
        .irp    i, 0, 1, 2, 3
        WINDOWED \i, 0, r4, r6
        WINDOWED \i, 1, r5, r7
        strd    r4, r5, [lr, #16 * (\i % 2 * 2 + \i / 2)]
        strd    r6, r7, [lr, #16 * (\i % 2 * 2 + \i / 2) + 8]
        .endr
        strd    r1, r2, [sp, #12]
        strd    r10, r3, [sp, #20]
        mov     r0, lr
        EIGHT   r0
        ldr     r8, [sp, #8]
        mov     r4, #2048
        REVERSED_NEXT r8, r4
        str     r8, [sp, #8]
        ldrd    r4, r0, [sp]
        ldrd    r1, r2, [sp, #12]
        ldrd    r10, r3, [sp, #20]
        mvn     r9, #0xc0000000
        adds    r1, r1, #4
        add     r10, r10, #8
        cmp     r1, r4
        bne     3b
        LEAVE   28
        .ltorg
ENDFUNC stator_stage_windowed

/* void stator_stage_eights(int32_t *z, const int32_t *x, uint32_t size, int room) */
FUNC stator_stage_eights
        ENTER   28
        add     r4, r1, r2              /* ends where the second eighth begins */
        movs    r5, #0                  /* reversed index, in bytes */
        strd    r4, r0, [sp]
        strd    r2, r3, [sp, #12]
3:      str     r1, [sp, #20]
        str     r5, [sp, #8]
        adds    r0, r0, r5
        add     r12, r1, r2, lsl #2     /* half of x further */
        .irp    i, 0, 1, 2, 3
        ldrd    r4, r5, [r1]
        ldrd    r6, r7, [r12]
        lsl     r4, r4, r3
        lsl     r5, r5, r3
        lsl     r6, r6, r3
        lsl     r7, r7, r3
        asr     r4, r4, #1
        asr     r5, r5, #1
        add     r8, r4, r6, asr #1
        add     r9, r5, r7, asr #1
        sub     r6, r4, r6, asr #1
        sub     r7, r5, r7, asr #1
        strd    r8, r9, [r0, #16 * (\i % 2 * 2 + \i / 2)]
        strd    r6, r7, [r0, #16 * (\i % 2 * 2 + \i / 2) + 8]
        .if     \i < 3
        add     r1, r1, r2
        add     r12, r12, r2
        .endif
        .endr
        EIGHT   r0
        ldrd    r2, r3, [sp, #12]
        ldr     r5, [sp, #8]
        lsl     r6, r2, #2
        REVERSED_NEXT r5, r6
        ldrd    r4, r0, [sp]
        ldr     r1, [sp, #20]
        adds    r1, r1, #8
        cmp     r1, r4
        bne     3b
        LEAVE   28
ENDFUNC stator_stage_eights

/* void stator_stage_fours(int32_t *z, const int32_t *x, uint32_t size, int room) */
FUNC stator_stage_fours
        ENTER   20
        add     r4, r1, r2, lsl #1      /* ends where the second quarter begins */
        movs    r5, #0                  /* reversed index, in bytes */
        strd    r4, r0, [sp]
        str     r3, [sp, #12]
        str     r5, [sp, #8]
3:      mov     lr, r1
        ldrd    r4, r5, [lr]
        add     lr, lr, r2, lsl #1
        ldrd    r6, r7, [lr]
        add     lr, lr, r2, lsl #1
        ldrd    r8, r9, [lr]
        add     lr, lr, r2, lsl #1
        ldrd    r10, r11, [lr]
        .irp    n, 4, 5, 6, 7, 8, 9, 10, 11
        lsl     r\n, r\n, r3
        .endr
        HALVE
        COMBINE
        ldr     r6, [sp, #8]
        ldr     lr, [sp, #4]
        add     lr, lr, r6
        PUT     lr, 0, 8
        lsl     r4, r2, #2
        REVERSED_NEXT r6, r4
        str     r6, [sp, #8]
        ldr     r4, [sp]
        ldr     r3, [sp, #12]
        adds    r1, r1, #8
        cmp     r1, r4
        bne     3b
        LEAVE   20
ENDFUNC stator_stage_fours

/* The last step of a butterfly whose d lies at r0, a quarter of r1 bytes behind c; r0 goes to the next block. */
        .macro  JOIN
        COMBINE
        strd    r4, r5, [r0]
        subs    r0, r0, r1
        strd    r12, r8, [r0]
        subs    r0, r0, r1
        strd    r9, r3, [r0]
        subs    r0, r0, r1
        strd    r10, r11, [r0]
        add     r0, r0, r1, lsl #2
        .endm

        .macro  FETCH_QUARTERS
        ldrd    r4, r5, [r0]
        add     r0, r0, r1
        ldrd    r8, r9, [r0]
        add     r0, r0, r1
        ldrd    r6, r7, [r0]
        add     r0, r0, r1
        ldrd    r10, r11, [r0]
        .endm

/* void stator_stage_radix4(int32_t *z, const int32_t *end, uint32_t span)
 * Frame: 0 cosines and sines of once, twice, three times the angle; 24 k-th number, the last; 32 angle, step, in bytes. */
FUNC stator_stage_radix4
        ENTER   44
        mov     r3, #1024
        udiv    r3, r3, r2              /* bytes from one turn to the next */
        movs    r4, #0
        strd    r4, r3, [sp, #32]
        add     r4, r0, r2, lsl #3
        strd    r0, r4, [sp, #24]
        mov     r12, r1
        lsl     r1, r2, #3              /* bytes of a quarter */
        mov     r2, r12                 /* end */
3:      FETCH_QUARTERS                  /* nothing to turn */
        HALVE
        JOIN
        cmp     r0, r2
        blo     3b
        b       6f
4:      ldrd    r6, r7, [sp, #32]
        ldr     r5, =stator_dsp_sine
        adds    r6, r6, r7
        str     r6, [sp, #32]
        adds    r5, r5, r6
        ldr     r8, [r5, #COSINE]
        ldr     r9, [r5]
        adds    r5, r5, r6
        ldr     r10, [r5, #COSINE]
        ldr     r11, [r5]
        adds    r5, r5, r6
        ldr     r12, [r5, #COSINE]
        ldr     lr, [r5]
        strd    r8, r9, [sp]
        strd    r10, r11, [sp, #8]
        strd    r12, lr, [sp, #16]
5:      ldrd    r3, lr, [sp]
        FETCH_QUARTERS
        TURN    r6, r7, r3, lr
        ldrd    r3, lr, [sp, #8]
        TURN    r8, r9, r3, lr
        ldrd    r3, lr, [sp, #16]
        TURN    r10, r11, r3, lr
        JOIN
        cmp     r0, r2
        blo     5b
6:      ldrd    r0, r4, [sp, #24]
        adds    r0, r0, #8
        str     r0, [sp, #24]
        cmp     r0, r4
        bne     4b
        LEAVE   44
        .ltorg
ENDFUNC stator_stage_radix4

/* Two bins of samples: at r0 what bin k is made of, at r1 its mirrored one. Leaves the low bin in r4 and r5; the even part, halved
 * (r6), the other even part (r7), what is turned (r8, r9), the imaginary part of the turned (r10), cosine and sine (r11, r12). */
        .macro  SPLIT
        ldrd    r4, r5, [r0]
        ldrd    r8, r9, [r1, #-8]!
        add     lr, lr, r3
        ldr     r11, [lr, #COSINE]
        ldr     r12, [lr]
        asr     r8, r8, #1
        asr     r9, r9, #1
        add     r6, r8, r4, asr #1      /* even */
        rsb     r7, r9, r5, asr #1
        add     r9, r9, r5, asr #1      /* odd: imaginary parts, and real ones negative */
        sub     r8, r8, r4, asr #1
        smmul   r4, r9, r11
        smmla   r4, r8, r12, r4
        smmul   r10, r8, r11
        smmul   r5, r9, r12
        sub     r10, r10, r5
        add     r4, r4, r6, asr #1
        add     r5, r10, r7, asr #1
        .endm

/* void stator_stage_split(int32_t *z, uint32_t size, uint32_t bins) */
FUNC stator_stage_split
        push    {r4-r12, lr}
        .cfi_def_cfa_offset 40
        .cfi_rel_offset r4, 0
        .cfi_rel_offset r5, 4
        .cfi_rel_offset r6, 8
        .cfi_rel_offset r7, 12
        .cfi_rel_offset r8, 16
        .cfi_rel_offset r9, 20
        .cfi_rel_offset r10, 24
        .cfi_rel_offset r11, 28
        .cfi_rel_offset lr, 36
        mov     r3, #2048
        udiv    r3, r3, r1              /* bytes from one turn to the next */
        add     r1, r0, r1, lsl #3
        add     r2, r0, r2, lsl #3      /* behind the last bin wanted */
        ldrd    r4, r5, [r0]
        asrs    r4, r4, #1
        add     r4, r4, r5, asr #1
        movs    r5, #0
        strd    r4, r5, [r0], #8
        ldr     lr, =stator_dsp_sine
        b       2f
1:      SPLIT                           /* the mirrored bin is not wanted */
        strd    r4, r5, [r0], #8
2:      sub     r4, r1, #8
        cmp     r4, r2
        bhs     1b
3:      SPLIT
        rsb     r11, r11, #0
        rsb     r8, r8, #0
        smmul   r9, r9, r11             /* high */
        smmla   r9, r8, r12, r9
        rsb     r7, r7, #0
        add     r9, r9, r6, asr #1
        add     r10, r10, r7, asr #1
        strd    r9, r10, [r1]
        strd    r4, r5, [r0], #8
        cmp     r0, r1
        blo     3b
        pop     {r4-r12, pc}
        .ltorg
ENDFUNC stator_stage_split
