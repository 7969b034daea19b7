/* One include for every .S file: a section per function, a debug frame that a debugger can unwind, and shared arithmetic. */
#if !defined(__ASSEMBLER__)
#error "asm.h is for .S files"
#endif
/* clang-format off */
#if defined(__arm__)
        .syntax unified
        .thumb
#endif
        .cfi_sections .debug_frame      /* for debuggers; not loaded, takes no flash */

        .macro  FUNC name
        .section .text.\name, "ax", %progbits
        .balign 4
        .global \name
        .type   \name, %function
#if defined(__arm__)
        .thumb_func
#endif
\name:
        .cfi_startproc
        .endm

        .macro  ENDFUNC name
        .cfi_endproc
        .size   \name, . - \name
        .endm

#if defined(__arm__)
/* Keeps all registers that belong to the caller, in 36 bytes; pop {r4-r11, pc} returns. */
        .macro  PUSH_SAVED
        push    {r4-r11, lr}
        .cfi_def_cfa_offset 36
        .cfi_rel_offset r4, 0
        .cfi_rel_offset r5, 4
        .cfi_rel_offset r6, 8
        .cfi_rel_offset r7, 12
        .cfi_rel_offset r8, 16
        .cfi_rel_offset r9, 20
        .cfi_rel_offset r10, 24
        .cfi_rel_offset r11, 28
        .cfi_rel_offset lr, 32
        .endm

/* v7em: a = saturate8(requantize(a, multiplier, -shift) + zero_point), exact where |a| < 2^30, shift is 1..31 and the output's range is
 * all of int8; tools/stator/variants/_v7em.py refuses other layers. Registers only; changes flags.
 * a is doubled so that the high half of the product is the doubling high multiply; 1 less for negative products makes ties go away
 * from zero; the last bit that the shift drops is the rounding. */
        .macro  REQUANTIZE a, multiplier, shift, zero_point
        lsl     \a, \a, #1
        REQUANTIZE_DOUBLED \a, \multiplier, \shift, \zero_point
        .endm

/* The same where a is twice the accumulator. */
        .macro  REQUANTIZE_DOUBLED a, multiplier, shift, zero_point
        smmulr  \a, \a, \multiplier
        add     \a, \a, \a, asr #31
        asrs    \a, \a, \shift
        adc     \a, \a, \zero_point
        ssat    \a, #8, \a
        .endm

/* v7m: the same without DSP instructions, exact in the same limits; `low` is lost. */
        .macro  REQUANTIZE_LONG a, multiplier, shift, zero_point, low
        lsl     \a, \a, #1
        smull   \low, \a, \a, \multiplier
        adds    \low, \low, \low
        adc     \a, \a, #0
        add     \a, \a, \a, asr #31
        asrs    \a, \a, \shift
        adc     \a, \a, \zero_point
        ssat    \a, #8, \a
        .endm
#endif

#if defined(__arm__)
/* v8mbase: the same where products have 32 bits and there is no saturation, exact where |a| < 2^29 and shift is 1..31. Low registers;
 * low, high: the multiplier's halves; zero_point128: the output's zero point + 128; t and u are lost, flags change. BASE_CONSTANTS puts
 * what it needs into r8-r10. No branch.
 * a = first * 2^15 + second, second not negative, and a product of the two parts with the halves is added up in units of 2^15, less 2^30
 * so that the sum has 31 bits, which is 2^14 of what its upper half counts. */
        .macro  BASE_CONSTANTS t
        movs    \t, #1
        lsls    \t, \t, #14
        mov     r9, \t                  /* 2^14 */
        lsls    \t, \t, #1
        mov     r8, \t
        lsls    \t, \t, #15
        rsbs    \t, \t, #0
        add     r8, \t                  /* 2^15, for rounding, - 2^30 */
        movs    \t, #255
        mov     r10, \t
        .endm

        .macro  REQUANTIZE_BASE a, low, high, shift, zero_point128, t, u
        lsls    \u, \a, #17
        lsrs    \u, \u, #17             /* second */
        asrs    \a, \a, #15             /* first */
        movs    \t, \u
        muls    \t, \low, \t
        lsrs    \t, \t, #15
        muls    \u, \high, \u
        lsls    \u, \u, #1
        adds    \t, \t, \u
        movs    \u, \a
        muls    \u, \low, \u
        adds    \t, \t, \u
        add     \t, r8
        asrs    \t, \t, #16
        muls    \a, \high, \a
        adds    \a, \a, \t
        add     \a, r9
        asrs    \t, \a, #31             /* ties go away from zero */
        adds    \a, \a, \t
        asrs    \a, \a, \shift
        adcs    \a, \a, \zero_point128
        asrs    \t, \a, #31             /* below 0: 0 */
        bics    \a, \a, \t
        mov     \t, r10
        subs    \t, \t, \a
        asrs    \t, \t, #31             /* above 255: all ones */
        orrs    \a, \a, \t
        subs    \a, \a, #128
        .endm

/* Keeps r4-r11 and lr of the caller in 36 bytes, without Thumb-2; RETURN_SAVED returns. */
        .macro  PUSH_SAVED_BASE
        push    {r4-r7, lr}
        .cfi_def_cfa_offset 20
        .cfi_rel_offset r4, 0
        .cfi_rel_offset r5, 4
        .cfi_rel_offset r6, 8
        .cfi_rel_offset r7, 12
        .cfi_rel_offset lr, 16
        mov     r4, r8
        mov     r5, r9
        mov     r6, r10
        mov     r7, r11
        push    {r4-r7}
        .cfi_def_cfa_offset 36
        .cfi_rel_offset r8, 0
        .cfi_rel_offset r9, 4
        .cfi_rel_offset r10, 8
        .cfi_rel_offset r11, 12
        .endm

        .macro  RETURN_SAVED_BASE
        pop     {r4-r7}
        mov     r8, r4
        mov     r9, r5
        mov     r10, r6
        mov     r11, r7
        pop     {r4-r7, pc}
        .endm
#endif

#if defined(__riscv)
/* rv32im: a = saturate8(requantize(a, multiplier, -shift) + zero_point), exact where |a| < 2^29, shift is 1..21 and the output's range is
 * all of int8; tools/stator/variants/_rv32im.py refuses other layers. Registers only; `t` is lost. shift1 = shift + 1,
 * rounding = 1 + 2^shift + (zero_point + 128) * 2^shift1.
 * Four times a, so that the high half of the product is twice the doubling high multiply's exact value, rounded down: rounding that
 * to nearest and the result again has its steps at whole numbers of it, which for negative ones lie two higher. No branch: the count
 * of instructions does not depend on a. */
        .macro  REQUANTIZE a, multiplier, rounding, shift1, t, limit=
        slli    \a, \a, 2
        REQUANTIZE_QUADRUPLED \a, \multiplier, \rounding, \shift1, \t
        .endm

/* The same where a is four times the accumulator. */
        .macro  REQUANTIZE_QUADRUPLED a, multiplier, rounding, shift1, t, limit=
        mulh    \a, \a, \multiplier
        srai    \t, \a, 31
        slli    \t, \t, 1
        add     \a, \a, \t
        SATURATE \a, \rounding, \shift1, \t
        .endm

#if !defined(STATOR_ZBB)
/* The same where zero_point is -128, and multiplier and rounding are as _rv32im.py gives them for that: the negative multiplier, and
 * 2^shift - 1, which give 0 less the result above -128. What is positive is cut off, twice, in two instructions each. limit = LIMIT. */
        .equ    LIMIT, -255

        .macro  REQUANTIZE_POSITIVE a, multiplier, rounding, shift1, t, limit
        slli    \a, \a, 2
        REQUANTIZE_POSITIVE_QUADRUPLED \a, \multiplier, \rounding, \shift1, \t, \limit
        .endm

        .macro  REQUANTIZE_POSITIVE_QUADRUPLED a, multiplier, rounding, shift1, t, limit
        mulh    \a, \a, \multiplier
        add     \a, \a, \rounding
        sra     \a, \a, \shift1
        srai    \t, \a, 31
        and     \a, \a, \t
        sub     \a, \limit, \a
        srai    \t, \a, 31
        and     \a, \a, \t
        addi    \a, \a, 127
        .endm

        .macro  SATURATE a, rounding, shift1, t
        add     \a, \a, \rounding
        sra     \a, \a, \shift1
        slti    \t, \a, 0               /* below 0: 0 */
        addi    \t, \t, -1
        and     \a, \a, \t
        sltiu   \t, \a, 256             /* above 255: all ones */
        addi    \t, \t, -1
        or      \a, \a, \t
        addi    \a, \a, -128
        .endm

#else
/* rv32imb: with Zbb, limits are one instruction each. What is negative is cut off however it is rounded. limit = LIMIT. */
        .option arch, +zbb
        .equ    LIMIT, 255

        .macro  REQUANTIZE_POSITIVE a, multiplier, rounding, shift1, t, limit
        slli    \a, \a, 2
        mulh    \a, \a, \multiplier
        add     \a, \a, \rounding
        sra     \a, \a, \shift1
        max     \a, \a, zero
        min     \a, \a, \limit
        addi    \a, \a, -128
        .endm

        .macro  SATURATE a, rounding, shift1, t
        add     \a, \a, \rounding
        sra     \a, \a, \shift1
        max     \a, \a, zero
        li      \t, 255
        min     \a, \a, \t
        addi    \a, \a, -128
        .endm
#endif

/* The callee-saved registers and ra, from sp on: 52 bytes. */
        .macro  SAVE
        .irp    n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
        sw      s\n, 4 * \n(sp)
        .cfi_rel_offset s\n, 4 * \n
        .endr
        sw      ra, 48(sp)
        .cfi_rel_offset ra, 48
        .endm

        .macro  RESTORE
        .irp    n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
        lw      s\n, 4 * \n(sp)
        .endr
        lw      ra, 48(sp)
        .endm
#endif
