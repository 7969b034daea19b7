/* RISC-V with Nuclei's ECLIC: mstatus.MIE. The board has let its interrupts through. */
#ifndef BAREMETAL_TARGET_H
#define BAREMETAL_TARGET_H

static inline void baremetal_interrupts_off(void) {
    __asm__ volatile("csrci mstatus, 8" : : : "memory");
}

static inline void baremetal_interrupts_on(void) {
    __asm__ volatile("csrsi mstatus, 8" : : : "memory");
}

static inline void baremetal_interrupts_start(void) {
    baremetal_interrupts_on();
}

/* Wakes for a pending interrupt whether or not MIE holds it back (RISC-V privileged architecture, WFI). */
static inline void baremetal_sleep(void) {
    __asm__ volatile("wfi" : : : "memory");
}

#endif
