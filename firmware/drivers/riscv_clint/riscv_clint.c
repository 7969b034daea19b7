#include "riscv_clint/riscv_clint.h"

#define MTIMECMP 0x4000u
#define MTIME    0xbff8u

static uint64_t deadlines[RISCV_CLINT_USERS] = {UINT64_MAX, UINT64_MAX};

static volatile uint32_t *reg(uint32_t offset) {
    return (volatile uint32_t *)(riscv_clint_base + offset);
}

uint64_t riscv_clint_now(void) {
    uint32_t high;
    uint32_t low;
    do {
        high = *reg(MTIME + 4);
        low = *reg(MTIME);
    } while (high != *reg(MTIME + 4));
    return ((uint64_t)high << 32) | low;
}

void riscv_clint_arm(enum riscv_clint_user user, uint64_t deadline) {
    deadlines[user] = deadline;
    uint64_t nearest = deadlines[0];
    for (unsigned i = 1; i < RISCV_CLINT_USERS; i++) {
        nearest = deadlines[i] < nearest ? deadlines[i] : nearest;
    }
    *reg(MTIMECMP + 4) = UINT32_MAX; /* no interrupt from a half-written value */
    *reg(MTIMECMP) = (uint32_t)nearest;
    *reg(MTIMECMP + 4) = (uint32_t)(nearest >> 32);
}

bool riscv_clint_due(enum riscv_clint_user user) {
    return riscv_clint_now() >= deadlines[user];
}
