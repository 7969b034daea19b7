/* stator/clock.h on mcycle: core clock cycles on a chip, retired instructions on QEMU with -icount shift=0. */
#include "stator/clock.h"

void stator_clock_start(void) {
    __asm__ volatile("csrwi 0x320, 0"); /* mcountinhibit: count everything */
}

uint32_t stator_clock_now(void) {
    uint32_t value;
    __asm__ volatile("csrr %0, mcycle" : "=r"(value));
    return value;
}
