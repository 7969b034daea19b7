/* Armv7-M and Armv8-M: PRIMASK, and the kernel's exceptions that nobody uses. */
#ifndef BAREMETAL_TARGET_H
#define BAREMETAL_TARGET_H

static inline void baremetal_interrupts_off(void) {
    __asm__ volatile("cpsid i" : : : "memory");
}

static inline void baremetal_interrupts_on(void) {
    __asm__ volatile("cpsie i\n"
                     "isb"
                     :
                     :
                     : "memory");
}

static inline void baremetal_interrupts_start(void) {
    baremetal_interrupts_on();
}

/* Wakes for a pending interrupt whether or not PRIMASK holds it back (Armv7-M and Armv8-M ARM, WFI). */
static inline void baremetal_sleep(void) {
#ifndef STATOR_IDLE_SPINS
    __asm__ volatile("dsb\n"
                     "wfi"
                     :
                     :
                     : "memory");
#endif
}

#endif
