/* Instructions of CV32E40P that GCC 12 does not assemble, as `.insn`, by the names and encodings of its user manual (version 1.0.0 and later),
 * and what the xpulp kernels share. For .S files.
 *
 * Hardware loop 0 is the kernels': it is theirs as long as one task alone runs kernels, and no interrupt does. */
#if !defined(__ASSEMBLER__) || !defined(__riscv)
#error "xpulp.h is for .S files for RISC-V"
#endif
/* clang-format off */
#include "common/asm.h"
        .option norvc                   /* a hardware loop takes none */

/* rd = *(rs1 then += step) */
        .macro  CV_LW rd, rs1, step
        .insn   i 0x0b, 2, \rd, \rs1, \step
        .endm

        .macro  CV_LB rd, rs1, step
        .insn   i 0x0b, 0, \rd, \rs1, \step
        .endm

/* *(rs1 then += step) = rs2 */
        .macro  CV_SB rs2, rs1, step
        .insn   s 0x2b, 0, \rs2, \step(\rs1)
        .endm

/* rd += the sum of four products of signed bytes */
        .macro  CV_SDOTSP_B rd, rs1, rs2
        .insn   r 0x7b, 1, 0x54, \rd, \rs1, \rs2
        .endm

/* rd += rs1 * rs2 */
        .macro  CV_MAC rd, rs1, rs2
        .insn   r 0x2b, 3, 0x48, \rd, \rs1, \rs2
        .endm

/* Byte i of rd = byte (lowest two bits) of rs1 where bit 2 of byte i of rs2 is set, else of rd */
        .macro  CV_SHUFFLE2_B rd, rs1, rs2
        .insn   r 0x7b, 1, 0x70, \rd, \rs1, \rs2
        .endm

/* rd = the lower halves of rs1 (above) and rs2 (below) */
        .macro  CV_PACK rd, rs1, rs2
        .insn   r 0x7b, 0, 0x78, \rd, \rs1, \rs2
        .endm

/* rd = the upper halves of rs1 (above) and rs2 (below) */
        .macro  CV_PACK_H rd, rs1, rs2
        .insn   r 0x7b, 0, 0x79, \rd, \rs1, \rs2
        .endm

/* rd = rs1 within -128 .. 127 */
        .macro  CV_CLIP8 rd, rs1
        .insn   r 0x2b, 3, 0x38, \rd, \rs1, x8
        .endm

/* The next `instructions` instructions (3 or more, each of four bytes), `count` times, which is at least 1. No branch in or out. */
        .macro  CV_LOOP count, instructions
        .insn   i 0x2b, 4, x14, \count, \instructions + 1
        .endm

/* a = saturate8(requantize(a, multiplier, -shift) + zero_point), as REQUANTIZE of asm.h, with rounding = 1 + 2^shift + zero_point *
 * 2^shift1. `t` is lost. */
        .macro  CV_REQUANTIZE a, multiplier, rounding, shift1, t
        slli    \a, \a, 2
        mulh    \a, \a, \multiplier
        srai    \t, \a, 31
        slli    \t, \t, 1
        add     \a, \a, \t
        add     \a, \a, \rounding
        sra     \a, \a, \shift1
        CV_CLIP8 \a, \a
        .endm

/* The same where zero_point is -128: what is negative is cut off however it is rounded. */
        .macro  CV_REQUANTIZE_POSITIVE a, multiplier, rounding, shift1, t
        slli    \a, \a, 2
        mulh    \a, \a, \multiplier
        add     \a, \a, \rounding
        sra     \a, \a, \shift1
        CV_CLIP8 \a, \a
        .endm
