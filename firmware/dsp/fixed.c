#include "dsp/fixed.h"

int32_t stator_log2_q8(uint64_t power) {
    uint32_t high = (uint32_t)(power >> 32);
    uint32_t low = (uint32_t)power;
    if (!(high | low)) {
        return 0;
    }
    int32_t exponent = 63;
    if (!high) {
        exponent = 31;
        high = low;
        low = 0;
    }
    int zeros = __builtin_clz(high);
    if (zeros) {
        high = (high << zeros) | (low >> (32 - zeros));
    }
    exponent -= zeros;
    uint32_t fraction = (high >> 15) & 0xffffu; /* q16, after the leading one */
    uint32_t bend = (fraction * (65536u - fraction)) >> 16;
    uint32_t curved = fraction + ((bend * 22700u) >> 16);
    return (exponent << 8) + (int32_t)((curved + 128u) >> 8);
}

int32_t stator_root_q30(int32_t value) {
    if (value <= 0) {
        return 0;
    }
    int even = __builtin_clz((uint32_t)value) & ~1;
    uint32_t mantissa = ((uint32_t)value << even) >> 16; /* a quarter to one, q16 */
    uint32_t bend = (((mantissa * mantissa) >> 16) * 20731u) >> 16;
    uint32_t root = 16992u + ((mantissa * 34473u) >> 15) - bend;
    return (int32_t)((root << 14) >> ((even - 2) >> 1));
}

int32_t stator_magnitude(int32_t re, int32_t im) {
    int32_t large = stator_abs(re);
    int32_t small = stator_abs(im);
    if (large < small) {
        int32_t swap = large;
        large = small;
        small = swap;
    }
    int32_t slanted = large - (large >> 3) + (small >> 1);
    return slanted > large ? slanted : large;
}
