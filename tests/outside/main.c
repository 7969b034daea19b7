/* One inference of a model that CMake compiled in, in somebody else's program: prints the first output as numbers. */
#include <stdio.h>
#include <string.h>

#include "model_select.h"

static _Alignas(STATOR_MODEL_ARENA_ALIGN) uint8_t arena[STATOR_MODEL_ARENA_BYTES];

int main(void) {
    if (STATOR_MODEL_INIT(arena, sizeof(arena))) {
        return 1;
    }
    memset(arena + STATOR_MODEL_INPUT_OFFSET, STATOR_MODEL_INPUT_ZERO_POINT, STATOR_MODEL_INPUT_BYTES);
    if (STATOR_MODEL_RUN(arena)) {
        return 1;
    }
    const int8_t *out = (const int8_t *)arena + STATOR_MODEL_OUTPUT_OFFSET;
    for (unsigned i = 0; i < STATOR_MODEL_OUTPUT_BYTES; i++) {
        printf("%d\n", out[i]);
    }
    return 0;
}
