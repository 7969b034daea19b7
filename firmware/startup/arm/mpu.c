/* The architecture's own address map (Armv7-M and Armv8-M Architecture Reference Manuals, "The system address map") makes regions
 * that hold for every board: code and constants lie in the first of them, all RAM in the others, devices in neither. */
#include "mpu.h"

#include <stdint.h>

#define MPU_TYPE (*(volatile uint32_t *)0xe000ed90u)
#define MPU_CTRL (*(volatile uint32_t *)0xe000ed94u)
#define MPU_RNR  (*(volatile uint32_t *)0xe000ed98u)
#define MPU_RBAR (*(volatile uint32_t *)0xe000ed9cu)
#define MPU_RLAR (*(volatile uint32_t *)0xe000eda0u) /* Armv7-M: RASR */
#define MPU_MAIR (*(volatile uint32_t *)0xe000edc0u)

#define REGIONS 4u
#define ON      5u /* what no region has is as it was: PRIVDEFENA and ENABLE */

#if __ARM_ARCH >= 8
#define READ_ONLY     (3u << 1) /* RBAR: AP, XN */
#define NO_EXECUTION  ((1u << 1) | 1u)
#define WRITE_THROUGH 0xaau
#else
#define READ_ONLY    ((6u << 24) | (1u << 17)) /* RASR: XN, AP; write-through */
#define NO_EXECUTION ((1u << 28) | (3u << 24) | (1u << 17))
#endif

/* An eighth of the address map. */
static void region(uint32_t number, uint32_t first, uint32_t rights) {
    MPU_RNR = number;
#if __ARM_ARCH >= 8
    MPU_RBAR = first | rights;
    MPU_RLAR = (first + 0x1fffffe0u) | 1u;
#else
    MPU_RBAR = first;
    MPU_RLAR = rights | (28u << 1) | 1u; /* 2^29 bytes */
#endif
}

void mpu_start(void) {
    if (((MPU_TYPE >> 8) & 0xffu) < REGIONS) {
        return;
    }
#if __ARM_ARCH >= 8
    MPU_MAIR = WRITE_THROUGH;
#endif
    region(0, 0x00000000u, READ_ONLY);
    region(1, 0x20000000u, NO_EXECUTION);
    region(2, 0x60000000u, NO_EXECUTION);
    region(3, 0x80000000u, NO_EXECUTION);
    MPU_CTRL = ON;
    __asm__ volatile("dsb\n"
                     "isb\n"
                     :
                     :
                     : "memory");
}
