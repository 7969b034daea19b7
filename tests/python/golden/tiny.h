/* tiny.h: model 'tiny' as C.
 * Made by stator VERSION: stator compile --model tiny.tflite --board host
 * from the model with sha256 34bda1ff39a3a9ce25a0d5f18720b22a6a00c7365e7ba68a3f7ac05fe93a2d65.
 * Do not edit: it is made again whenever the model, the board or Stator changes. */
#ifndef STATOR_MODEL_TINY_H
#define STATOR_MODEL_TINY_H

#include "stator/common.h"

#define TINY_SHA256             "34bda1ff39a3a9ce25a0d5f18720b22a6a00c7365e7ba68a3f7ac05fe93a2d65"
#define TINY_LAYERS             2u
#define TINY_ARENA_BYTES        7u
#define TINY_ARENA_ALIGN        16u
#define TINY_INPUTS             1u
#define TINY_INPUT_OFFSET       0u
#define TINY_INPUT_BYTES        4u
#define TINY_INPUT_SCALE        0.0500000007f
#define TINY_INPUT_ZERO_POINT   (-1)
#define TINY_OUTPUT_OFFSET      4u
#define TINY_OUTPUT_BYTES       3u
#define TINY_OUTPUT_SCALE       0.0299999993f
#define TINY_OUTPUT_ZERO_POINT  (5)
#define TINY_OUTPUT1_OFFSET     0u
#define TINY_OUTPUT1_BYTES      3u
#define TINY_OUTPUT1_SCALE      0.00390625f
#define TINY_OUTPUT1_ZERO_POINT (-128)
#define TINY_OUTPUTS            2u
#define TINY_BANKS(BANK)

/* Prepares the arena: TINY_ARENA_BYTES bytes that are aligned to TINY_ARENA_ALIGN and belong to the model from now on.
 * Writes nothing. Returns 0; -EINVAL (null, misaligned, or `bytes` too small). */
STATOR_MUST_CHECK int tiny_init(void *arena, size_t bytes);

/* One inference. The input lies at arena + TINY_INPUT_OFFSET and is overwritten; the outputs are valid until the next run.
 * Task context; does not block; no static state but the arena. Returns 0, or what a kernel returned (-EINVAL: a null or
 * misaligned arena). */
STATOR_MUST_CHECK int tiny_run(void *arena);

#endif
