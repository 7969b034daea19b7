#include "riscv_pmp/riscv_pmp.h"

#define READ    0x01u
#define WRITE   0x02u
#define EXECUTE 0x04u
#define NAPOT   0x18u
#define LOCKED  0x80u /* for machine mode as well */

static uint32_t napot(uint32_t address, uint32_t bytes) {
    return address >> 2 | (bytes / 8u - 1u);
}

void riscv_pmp_start(uint32_t flash, uint32_t flash_bytes, uint32_t ram, uint32_t ram_bytes) {
    uint32_t rights = (LOCKED | NAPOT | READ | EXECUTE) | (LOCKED | NAPOT | READ | WRITE) << 8;
    __asm__ volatile("csrw pmpaddr0, %0\n"
                     "csrw pmpaddr1, %1\n"
                     "csrw pmpcfg0, %2\n"
                     :
                     : "r"(napot(flash, flash_bytes)), "r"(napot(ram, ram_bytes)), "r"(rights)
                     : "memory");
}
