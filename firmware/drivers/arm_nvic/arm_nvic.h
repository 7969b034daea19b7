/* Arm NVIC: lets interrupts through. Registers: Armv8-M ARM, B11. */
#ifndef ARM_NVIC_H
#define ARM_NVIC_H

#include <stdint.h>

#include "register/register.h"

/* One entry of a vector table. */
typedef void (*arm_vector)(void);

/* Lets interrupt `irq` (0 to 479) through. `priority`: 0 the most urgent; the core keeps its upper bits, `bits` of them. */
static inline void arm_nvic_enable(unsigned irq, unsigned priority, unsigned bits) {
    stator_write8(0xe000e400u + irq, (uint8_t)(priority << (8u - bits)));
    stator_write32(0xe000e100u + 4u * (irq / 32u), 1u << (irq % 32u));
}

/* Resets the chip (AIRCR.SYSRESETREQ). */
_Noreturn static inline void arm_system_reset(void) {
    __asm__ volatile("dsb" : : : "memory");
    stator_write32(0xe000ed0cu, 0x05fa0004u);
    for (;;) {
    }
}

#endif
