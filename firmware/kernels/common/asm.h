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
#endif
