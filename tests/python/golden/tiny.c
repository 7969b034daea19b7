/* tiny.c: model 'tiny': 2 layers, 12 multiply-accumulates, 29 B of weights,
 * 7 B of arena (no plan of this schedule needs less than 7 B).
 * Made by stator VERSION: stator compile --model tiny.tflite --board host
 * from the model with sha256 34bda1ff39a3a9ce25a0d5f18720b22a6a00c7365e7ba68a3f7ac05fe93a2d65.
 * Do not edit: it is made again whenever the model, the board or Stator changes. */

#include "tiny.h"

#include "fully_connected/fully_connected.h"
#include "softmax/softmax.h"

#ifdef STATOR_PROFILE
/* Called before each layer with its number, and with TINY_LAYERS after the last. */
void stator_profile_layer(unsigned layer);
#define STATOR_LAYER(layer) stator_profile_layer(layer)
#else
#define STATOR_LAYER(layer) ((void)0)
#endif

/* clang-format off */
static const _Alignas(4) int8_t layer0_weights[12] = {
    -6, -5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5,
};

static const int32_t layer0_bias[3] = {
    -100000, 0, 100,
};

static const int32_t layer0_multiplier[1] = {
    1145324692,
};

static const _Alignas(4) int8_t layer0_shift[1] = {
    -4,
};
/* clang-format on */

/* Layer 0: FULLY_CONNECTED logits _/ evil, 12 MAC
 * int8[1, 4] at 0 -> int8[1, 3] at 4 */
static const struct stator_fully_connected layer0 = {
    .weights = layer0_weights,
    .bias = layer0_bias,
    .multiplier = layer0_multiplier,
    .shift = layer0_shift,
    .per_channel = 0,
    .rows = 1,
    .depth = 4,
    .units = 3,
    .input_zero_point = -1,
    .output_zero_point = 5,
    .activation_min = 5,
    .activation_max = 127,
};

/* Layer 1: SOFTMAX softmax
 * int8[1, 3] at 4 -> int8[1, 3] at 0 */
static const struct stator_softmax layer1 = {
    .rows = 1,
    .depth = 3,
    .multiplier = 2061584256,
    .left_shift = 21,
    .furthest = -992,
};

static inline void *at(void *arena, size_t offset) {
    return (uint8_t *)arena + offset;
}

int tiny_init(void *arena, size_t bytes) {
    if (arena == NULL || (uintptr_t)arena % TINY_ARENA_ALIGN != 0u || bytes < TINY_ARENA_BYTES) {
        return -EINVAL;
    }
    return 0;
}

int tiny_run(void *arena) {
    if (arena == NULL || (uintptr_t)arena % TINY_ARENA_ALIGN != 0u) {
        return -EINVAL;
    }
    int status = 0;

    STATOR_LAYER(0); /* FULLY_CONNECTED */
    status = stator_fully_connected_s8__c(at(arena, 4), at(arena, 0), &layer0);
    if (status != 0) {
        return status;
    }

    STATOR_LAYER(1); /* SOFTMAX */
    status = stator_softmax_s8__c(at(arena, 0), at(arena, 4), &layer1);
    if (status != 0) {
        return status;
    }
    STATOR_LAYER(2);
    return 0;
}
