#include "riscv_pmp/riscv_pmp.h"

#include "stator/guard.h"

#define READ    0x01u
#define WRITE   0x02u
#define EXECUTE 0x04u
#define NAPOT   0x18u
#define LOCKED  0x80u /* for machine mode as well */

static uint32_t napot(uint32_t address, uint32_t bytes) {
    return address >> 2 | (bytes / 8u - 1u);
}

/* Entries 5 and 6: of several that match an address the lowest number counts, and a guard lies in RAM. */
void riscv_pmp_start(uint32_t flash, uint32_t flash_bytes, uint32_t ram, uint32_t ram_bytes) {
    uint32_t rights = (LOCKED | NAPOT | READ | EXECUTE) << 8 | (LOCKED | NAPOT | READ | WRITE) << 16;
    __asm__ volatile("csrw pmpaddr5, %0\n"
                     "csrw pmpaddr6, %1\n"
                     "csrw pmpcfg1, %2\n"
                     :
                     : "r"(napot(flash, flash_bytes)), "r"(napot(ram, ram_bytes)), "r"(rights)
                     : "memory");
}

#ifdef STATOR_GUARD_BYTES
/* Entry `n` of the first eight. */
#define GUARD(n, cfg)                                                                                                            \
    case n:                                                                                                                      \
        __asm__ volatile("csrw pmpaddr" #n ", %0\n"                                                                              \
                         "csrs pmpcfg" #cfg ", %1\n"                                                                             \
                         :                                                                                                       \
                         : "r"(napot((uint32_t)(uintptr_t)lowest, STATOR_GUARD_BYTES)),                                          \
                           "r"((LOCKED | NAPOT | READ) << (n % 4 * 8))                                                           \
                         : "memory");                                                                                            \
        break

void stator_guard_stack(const uint8_t *lowest) {
    static unsigned next;
    switch (next++) {
        GUARD(0, 0);
        GUARD(1, 0);
        GUARD(2, 0);
        GUARD(3, 0);
        GUARD(4, 1);
    default:
        break;
    }
}
#endif
