#include "stator/crash.h"

#include <stdbool.h>

#include "stator/crc32.h"

#include "memory_plan.h"

/* Start-up clears nothing of the plan. */
struct kept {
    struct stator_crash slots[2];
    uint32_t restarts;
    uint32_t inverse;
};
_Static_assert(sizeof(struct kept) == sizeof(stator_crash), "tools/stator/memory/plan.py: CRASH_BYTES");

static volatile struct kept *kept(void) {
    return __builtin_assume_aligned(stator_crash, 8);
}

static uint32_t sum(volatile const struct stator_crash *slot) {
    return stator_crc32(0, (const void *)(uintptr_t)slot, offsetof(struct stator_crash, crc));
}

/* The newer of the whole ones, or -1. */
static int newest(void) {
    int found = -1;
    for (int i = 0; i < 2; i++) {
        volatile struct stator_crash *slot = &kept()->slots[i];
        if (slot->crc == sum(slot) && (found < 0 || slot->number > kept()->slots[found].number)) {
            found = i;
        }
    }
    return found;
}

void stator_crash_init(void) {
    bool whole = kept()->restarts == ~kept()->inverse;
    uint32_t restarts = whole ? kept()->restarts + 1u : 0;
    kept()->restarts = restarts;
    kept()->inverse = ~restarts;
}

uint32_t stator_crash_restarts(void) {
    return kept()->restarts;
}

void stator_crash_write(const char *why) {
    volatile struct stator_crash *slot = &kept()->slots[newest() == 0];
    slot->crc = ~slot->crc; /* no record until all of it is there */
    slot->number = kept()->restarts + 1u;
    size_t at = 0;
    for (; why[at] != '\0' && at + 1 < STATOR_CRASH_WHY; at++) {
        slot->why[at] = why[at];
    }
    for (; at < STATOR_CRASH_WHY; at++) {
        slot->why[at] = '\0';
    }
    slot->crc = sum(slot);
}

int stator_crash_read(struct stator_crash *crash) {
    int at = newest();
    if (at < 0) {
        return -ENOENT;
    }
    *crash = *(const struct stator_crash *)(uintptr_t)&kept()->slots[at];
    crash->why[STATOR_CRASH_WHY - 1] = '\0';
    return 0;
}

void stator_crash_clear(void) {
    for (int i = 0; i < 2; i++) {
        volatile struct stator_crash *slot = &kept()->slots[i];
        slot->crc = ~sum(slot);
    }
}
