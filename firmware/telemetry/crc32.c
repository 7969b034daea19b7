#include "stator/crc32.h"

#include <string.h>

/* Four bytes at a time (4 KB of tables): a half of the double buffer is summed on the way to every decision.
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
#define BIT0_2 0x01c26a37u
#define BIT1_2 0x0384d46eu
#define BIT2_2 0x0709a8dcu
#define BIT3_2 0x0e1351b8u
#define BIT4_2 0x1c26a370u
#define BIT5_2 0x384d46e0u
#define BIT6_2 0x709a8dc0u
#define BIT7_2 0xe1351b80u
#define BIT0_3 0xb8bc6765u
#define BIT1_3 0xaa09c88bu
#define BIT2_3 0x8f629757u
#define BIT3_3 0xc5b428efu
#define BIT4_3 0x5019579fu
#define BIT5_3 0xa032af3eu
#define BIT6_3 0x9b14583du
#define BIT7_3 0xed59b63bu

static const uint32_t table[4][256] = {TABLE(0), TABLE(1), TABLE(2), TABLE(3)};

/* The entry of byte `i` of `crc` in the table of as many bytes of 0, at its offset in bytes: cheaper than an index where loads do
 * not scale one. Offsets count from the middle of the tables, so that they fit into a load. */
#define AT(i)      ((i) ? crc >> (8 * (i) - 2) : crc << 2)
#define LOOK_UP(i) (*(const uint32_t *)(middle + 1024 * (1 - (i)) + (AT(i) & 0x3fcu)))

uint32_t stator_crc32(uint32_t crc, const void *data, size_t bytes) {
    const uint8_t *at = data;
    const uint8_t *const end = at + bytes;
    crc = ~crc;
    for (; at != end && ((uintptr_t)at & 3u); at++) {
        crc = (crc >> 8) ^ table[0][(crc ^ *at) & 0xffu];
    }
    const char *const middle = (const char *)table + 2048;
#pragma GCC unroll 4
    for (const uint8_t *const last = at + ((size_t)(end - at) & ~(size_t)3); at != last; at += 4) {
        uint32_t word;
        memcpy(&word, __builtin_assume_aligned(at, 4), sizeof(word)); /* little endian, as every core here */
        crc ^= word;
        crc = LOOK_UP(0) ^ LOOK_UP(1) ^ LOOK_UP(2) ^ LOOK_UP(3);
    }
    for (; at != end; at++) {
        crc = (crc >> 8) ^ table[0][(crc ^ *at) & 0xffu];
    }
    return ~crc;
}
