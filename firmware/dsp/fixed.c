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
