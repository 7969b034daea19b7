/* The architecture's own address map (Armv7-M and Armv8-M Architecture Reference Manuals, "The system address map") makes regions
 * that hold for every board: code and constants lie in the first of them, all RAM in the others, devices in neither. */
#include "mpu.h"

#include <stdint.h>

#include "stator/guard.h"

#define MPU_TYPE (*(volatile uint32_t *)0xe000ed90u)
#define MPU_CTRL (*(volatile uint32_t *)0xe000ed94u)
#define MPU_RNR  (*(volatile uint32_t *)0xe000ed98u)
#define MPU_RBAR (*(volatile uint32_t *)0xe000ed9cu)
#define MPU_RLAR (*(volatile uint32_t *)0xe000eda0u) /* Armv7-M: RASR */
#define MPU_MAIR (*(volatile uint32_t *)0xe000edc0u)

#define ON 5u /* what no region has is as it was: PRIVDEFENA and ENABLE */

static uint32_t regions(void) {
    return (MPU_TYPE >> 8) & 0xffu;
}

#if __ARM_ARCH >= 8
#define REGIONS       4u
#define READ_ONLY     (3u << 1) /* RBAR: AP, XN */
#define NO_EXECUTION  ((1u << 1) | 1u)
#define WRITE_THROUGH 0xaau

/* An eighth of the address map. */
static void region(uint32_t number, uint32_t first, uint32_t rights) {
    MPU_RNR = number;
    MPU_RBAR = first | rights;
    MPU_RLAR = (first + 0x1fffffe0u) | 1u;
}

static void map(void) {
    MPU_MAIR = WRITE_THROUGH;
    region(0, 0x00000000u, READ_ONLY);
    region(1, 0x20000000u, NO_EXECUTION);
    region(2, 0x60000000u, NO_EXECUTION);
    region(3, 0x80000000u, NO_EXECUTION);
}
#else
#define REGIONS      2u
#define READ_ONLY    ((6u << 24) | (1u << 17)) /* RASR: XN, AP; write-through */
#define NOT_EXECUTED (1u << 28)
#define NO_EXECUTION (NOT_EXECUTED | (3u << 24) | (1u << 17))
#define SIZE(bits)   (((bits) - 1u) << 1)   /* 2^bits bytes */
#define WITHOUT(set) ((uint32_t)(set) << 8) /* SRD: eighths that are not of the region */

/* Where two overlap, the higher number counts. */
static void region(uint32_t number, uint32_t first, uint32_t rights) {
    MPU_RNR = number;
    MPU_RBAR = first;
    MPU_RLAR = rights | 1u;
}

static void map(void) {
    region(0, 0, READ_ONLY | SIZE(29u));
    region(1, 0, NO_EXECUTION | SIZE(32u) | WITHOUT(0xe5u)); /* eighths 1, 3 and 4 of all memory */
}
#endif

#ifdef STATOR_GUARD_BYTES
_Static_assert(STATOR_GUARD_BYTES == 32, "the smallest region");

void stator_guard_stack(const uint8_t *lowest) {
    static uint32_t next = REGIONS;
    if (next < regions()) {
        region(next++, (uint32_t)(uintptr_t)lowest, READ_ONLY | NOT_EXECUTED | SIZE(5u));
        __asm__ volatile("dsb\n"
                         "isb\n"
                         :
                         :
                         : "memory");
    }
}
#endif

void mpu_start(void) {
    if (regions() < REGIONS) {
        return;
    }
    map();
    MPU_CTRL = ON;
    __asm__ volatile("dsb\n"
                     "isb\n"
                     :
                     :
                     : "memory");
}
