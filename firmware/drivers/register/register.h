/* Access to a peripheral's registers, by address: base + offset out of registers.h, which is generated from the vendor's SVD
 * file.
 *
 * On a chip each call is one volatile access. Where STATOR_REGISTER_HOOK is defined (host tests) the same calls go to functions
 * of the test, which sees every address, value and order.
 */
#ifndef STATOR_REGISTER_H
#define STATOR_REGISTER_H

#include <stdint.h>

#ifdef STATOR_REGISTER_HOOK

uint32_t stator_register_read(uint32_t address, unsigned bytes);
void stator_register_write(uint32_t address, uint32_t value, unsigned bytes);
void stator_register_sleep(void);

static inline uint32_t stator_read32(uint32_t address) {
    return stator_register_read(address, 4);
}

static inline void stator_write32(uint32_t address, uint32_t value) {
    stator_register_write(address, value, 4);
}

static inline uint8_t stator_read8(uint32_t address) {
    return (uint8_t)stator_register_read(address, 1);
}

static inline void stator_write8(uint32_t address, uint8_t value) {
    stator_register_write(address, value, 1);
}

#else

static inline uint32_t stator_read32(uint32_t address) {
    return *(volatile uint32_t *)(uintptr_t)address;
}

static inline void stator_write32(uint32_t address, uint32_t value) {
    *(volatile uint32_t *)(uintptr_t)address = value;
}

static inline uint8_t stator_read8(uint32_t address) {
    return *(volatile uint8_t *)(uintptr_t)address;
}

static inline void stator_write8(uint32_t address, uint8_t value) {
    *(volatile uint8_t *)(uintptr_t)address = value;
}

#endif

/* Sleeps until an interrupt is pending. */
static inline void stator_sleep(void) {
#ifdef STATOR_REGISTER_HOOK
    stator_register_sleep();
#else
    __asm__ volatile("wfi" : : : "memory");
#endif
}

/* One read and one write: the bits of `clear` become 0, then those of `set` become 1. */
static inline void stator_change32(uint32_t address, uint32_t clear, uint32_t set) {
    stator_write32(address, (stator_read32(address) & ~clear) | set);
}

/* Waits until all bits of `mask` are set, or all are clear, but for at most `tries` reads. 0, or -1 if that did not come. */
static inline int stator_wait_set(uint32_t address, uint32_t mask, uint32_t tries) {
    for (; tries > 0; tries--) {
        if ((stator_read32(address) & mask) == mask) {
            return 0;
        }
    }
    return -1;
}

static inline int stator_wait_clear(uint32_t address, uint32_t mask, uint32_t tries) {
    for (; tries > 0; tries--) {
        if ((stator_read32(address) & mask) == 0) {
            return 0;
        }
    }
    return -1;
}

/* `value` in the place of a field: STATOR_FIELD(SAADC_RESOLUTION_VAL, SAADC_RESOLUTION_VAL_12bit). */
#define STATOR_FIELD(field, value) (((uint32_t)(value) << field##_Pos) & field##_Msk)

/* An address as a bus master of a 32-bit chip sees it. */
#define STATOR_ADDRESS(pointer) ((uint32_t)(uintptr_t)(pointer))

#endif
