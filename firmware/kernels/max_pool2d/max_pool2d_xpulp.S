/* The largest of a window for CV32E40P with Xpulp, four channels at a time; see max_pool2d_xpulp.h. */
#include "common/xpulp.inc"

/* void stator_max_pool2d_xpulp_four(
 *     int8_t *out,             a0
 *     const int8_t *x,         a1
 *     int32_t step,            a2
 *     int32_t columns,         a3
 *     int32_t rows,            a4
 *     int32_t pitch,           a5
 *     uint32_t low,            a6
 *     uint32_t high);          a7
 *
 * Clobbers t0, a1, a4, a6, hardware loop 0. Per pixel 3 instructions. Registers: a6 largest so far; t0 pixel.
 */
FUNC stator_max_pool2d_xpulp_four
        .balign 4
1:      CV_LOOP a3, 3
        lw      t0, 0(a1)
        add     a1, a1, a2
        CV_MAX_B a6, a6, t0
        add     a1, a1, a5
        addi    a4, a4, -1
        bnez    a4, 1b
        CV_MIN_B a6, a6, a7
        sw      a6, 0(a0)
        ret
ENDFUNC stator_max_pool2d_xpulp_four
