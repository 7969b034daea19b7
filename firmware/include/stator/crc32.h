/* CRC-32 (IEEE 802.3, as zlib computes it). */
#ifndef STATOR_CRC32_H
#define STATOR_CRC32_H

#include "stator/common.h"

/* The CRC of `bytes` bytes at `data`, going on from `crc`: 0 for the first piece, the last result for the next.
 * Any alignment; no state; callable from anywhere; does not block. */
uint32_t stator_crc32(uint32_t crc, const void *data, size_t bytes);

#endif
