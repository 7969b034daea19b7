/* March C- (A. J. van de Goor, "Using march tests to test SRAMs", IEEE Design & Test of Computers 10(1), 1993), on words against
 * backgrounds of zeros and ones: up w0; up r0 w1; up r1 w0; down r0 w1; down r1 w0; up r0. */
#include "stator/health.h"

#define CHUNK 16u

static bool up(volatile uint32_t *memory, size_t words, uint32_t read, uint32_t write) {
    bool good = true;
    for (size_t i = 0; i < words; i++) {
        good = memory[i] == read && good;
        memory[i] = write;
    }
    return good;
}

static bool down(volatile uint32_t *memory, size_t words, uint32_t read, uint32_t write) {
    bool good = true;
    for (size_t i = words; i-- > 0;) {
        good = memory[i] == read && good;
        memory[i] = write;
    }
    return good;
}

__attribute__((noinline)) static bool chunk(volatile uint32_t *memory, size_t words) {
    uint32_t kept[CHUNK];
    for (size_t i = 0; i < words; i++) {
        kept[i] = memory[i];
        memory[i] = 0;
    }
    bool good = up(memory, words, 0, UINT32_MAX);
    good = up(memory, words, UINT32_MAX, 0) && good;
    good = down(memory, words, 0, UINT32_MAX) && good;
    good = down(memory, words, UINT32_MAX, 0) && good;
    good = up(memory, words, 0, 0) && good;
    for (size_t i = 0; i < words; i++) {
        memory[i] = kept[i];
    }
    return good;
}

int stator_march(volatile uint32_t *memory, size_t words) {
    bool good = true;
    for (; words >= CHUNK; words -= CHUNK) {
        good = chunk(memory, CHUNK) && good;
        memory += CHUNK;
    }
    return chunk(memory, words) && good ? 0 : -EIO;
}
