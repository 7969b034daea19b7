/* A core with CLINT and PLIC: mstatus.MIE. */
#ifndef BAREMETAL_TARGET_H
#define BAREMETAL_TARGET_H

#include "riscv_clint/riscv_clint.h"

static inline void baremetal_interrupts_off(void) {
    __asm__ volatile("csrci mstatus, 8" : : : "memory");
}

static inline void baremetal_interrupts_on(void) {
    __asm__ volatile("csrsi mstatus, 8" : : : "memory");
}

/* The machine timer and the PLIC may come in; the timer not before somebody arms it. */
static inline void baremetal_interrupts_start(void) {
    riscv_clint_arm(RISCV_CLINT_TICK, UINT64_MAX);
    __asm__ volatile("csrs mie, %0" : : "r"((1u << 7) | (1u << 11)) : "memory");
    baremetal_interrupts_on();
}

/* Wakes for a pending interrupt whether or not MIE holds it back (RISC-V privileged architecture, WFI). */
static inline void baremetal_sleep(void) {
    __asm__ volatile("wfi" : : : "memory");
}

#endif
