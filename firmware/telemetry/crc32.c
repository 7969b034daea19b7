#include "stator/crc32.h"

#include <string.h>

/* Two bytes at a time (2 KB of tables): a half of the double buffer is summed on the way to every decision, and four at a time
 * would take 2 KB more of the smallest chip's flash.
 *
 * table[d][b]: what byte b, followed by d bytes of 0, adds to the CRC. That is linear in b: each entry is the sum of the entries
 * of its bits, which are the only numbers here. */
#define ENTRY(d, b)                                                                                                              \
    (((b) & 0x01 ? BIT0_##d : 0) ^ ((b) & 0x02 ? BIT1_##d : 0) ^ ((b) & 0x04 ? BIT2_##d : 0) ^ ((b) & 0x08 ? BIT3_##d : 0) ^     \
     ((b) & 0x10 ? BIT4_##d : 0) ^ ((b) & 0x20 ? BIT5_##d : 0) ^ ((b) & 0x40 ? BIT6_##d : 0) ^ ((b) & 0x80 ? BIT7_##d : 0))
#define FOUR(d, b)    ENTRY(d, b), ENTRY(d, (b) + 1), ENTRY(d, (b) + 2), ENTRY(d, (b) + 3)
#define SIXTEEN(d, b) FOUR(d, b), FOUR(d, (b) + 4), FOUR(d, (b) + 8), FOUR(d, (b) + 12)
#define QUARTER(d, b) SIXTEEN(d, b), SIXTEEN(d, (b) + 16), SIXTEEN(d, (b) + 32), SIXTEEN(d, (b) + 48)
#define TABLE(d)      {QUARTER(d, 0), QUARTER(d, 64), QUARTER(d, 128), QUARTER(d, 192)}

#define BIT0_0 0x77073096u
#define BIT1_0 0xee0e612cu
#define BIT2_0 0x076dc419u
#define BIT3_0 0x0edb8832u
#define BIT4_0 0x1db71064u
#define BIT5_0 0x3b6e20c8u
#define BIT6_0 0x76dc4190u
#define BIT7_0 0xedb88320u
#define BIT0_1 0x191b3141u
#define BIT1_1 0x32366282u
#define BIT2_1 0x646cc504u
#define BIT3_1 0xc8d98a08u
#define BIT4_1 0x4ac21251u
#define BIT5_1 0x958424a2u
#define BIT6_1 0xf0794f05u
#define BIT7_1 0x3b83984bu

static const uint32_t table[2][256] = {TABLE(0), TABLE(1)};

uint32_t stator_crc32(uint32_t crc, const void *data, size_t bytes) {
    const uint8_t *at = data;
    const uint8_t *const end = at + bytes;
    crc = ~crc;
    if (at != end && ((uintptr_t)at & 1u)) {
        crc = (crc >> 8) ^ table[0][(crc ^ *at++) & 0xffu];
    }
#pragma GCC unroll 4
    for (const uint8_t *const last = at + ((size_t)(end - at) & ~(size_t)1); at != last; at += 2) {
        uint16_t two;
        memcpy(&two, __builtin_assume_aligned(at, 2), sizeof(two)); /* little endian, as every core here */
        crc ^= two;
        crc = (crc >> 16) ^ table[1][crc & 0xffu] ^ table[0][(crc >> 8) & 0xffu];
    }
    if (at != end) {
        crc = (crc >> 8) ^ table[0][(crc ^ *at) & 0xffu];
    }
    return ~crc;
}
