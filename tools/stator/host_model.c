/* Runs a generated model on the machine at hand, for exactness: reads arenas, bank by bank, from standard input, runs the model
 * in each and writes the arena back. With STATOR_PROFILE it is written before every layer and after the last one instead. Exit
 * status 0 at the end of input, 1 where the model refuses, 2 where reading or writing fails. stator/host.py drives it. */
#include <stdio.h>
#include <stdlib.h>

#include "model_select.h"

static _Alignas(STATOR_MODEL_ARENA_ALIGN) uint8_t arena[STATOR_MODEL_ARENA_BYTES];

#define DEFINED(bank, size) _Alignas(STATOR_MODEL_ARENA_ALIGN) uint8_t bank[size];
STATOR_MODEL_BANKS(DEFINED)

static void write_arena(void) {
#define WRITE(bank, size)                                                                                                        \
    if (fwrite(bank, 1, size, stdout) != (size)) {                                                                               \
        exit(2);                                                                                                                 \
    }
    WRITE(arena, sizeof(arena))
    STATOR_MODEL_BANKS(WRITE)
}

/* All or nothing: 1, or 0 at the end of input. */
static int read_arena(void) {
    size_t got = fread(arena, 1, sizeof(arena), stdin);
    if (got == 0 && feof(stdin) != 0) {
        return 0;
    }
    int whole = got == sizeof(arena);
#define READ(bank, size) whole = whole && fread(bank, 1, size, stdin) == (size);
    STATOR_MODEL_BANKS(READ)
    if (!whole) {
        exit(2);
    }
    return 1;
}

#ifdef STATOR_PROFILE
void stator_profile_layer(unsigned layer);

void stator_profile_layer(unsigned layer) {
    (void)layer;
    write_arena();
}
#endif

int main(void) {
    if (STATOR_MODEL_INIT(arena, sizeof(arena)) != 0) {
        return 1;
    }
    while (read_arena()) {
        if (STATOR_MODEL_RUN(arena) != 0) {
            return 1;
        }
#ifndef STATOR_PROFILE
        write_arena();
#endif
    }
    return fflush(stdout) == 0 ? 0 : 2;
}
