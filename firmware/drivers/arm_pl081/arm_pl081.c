/* Registers: Arm DDI 0218 (PrimeCell SMDMAC PL081). */
#include "arm_pl081/arm_pl081.h"

#define INT_TC_STATUS    0x004u
#define INT_TC_CLEAR     0x008u
#define INT_ERROR_STATUS 0x00cu
#define INT_ERROR_CLEAR  0x010u
#define CONFIGURATION    0x030u
#define C0_SOURCE        0x100u
#define C0_DESTINATION   0x104u
#define C0_NEXT_ITEM     0x108u
#define C0_CONTROL       0x10cu
#define C0_CONFIGURATION 0x110u
#define PERIPHERAL_ID0   0xfe0u

#define CONFIGURATION_ENABLE 1u
#define CONTROL_WIDTH_16     ((1u << 18) | (1u << 21)) /* source, destination */
#define CONTROL_INCREMENT    ((1u << 26) | (1u << 27)) /* source, destination */
#define CONTROL_INTERRUPT    (1u << 31)                /* at terminal count */
#define CHANNEL_ENABLE       1u
#define CHANNEL_ERROR_MASK   (1u << 14)
#define CHANNEL_TC_MASK      (1u << 15)

static volatile uint32_t *reg(uint32_t offset) {
    return (volatile uint32_t *)(arm_pl081_base + offset);
}

bool arm_pl081_init(void) {
    if ((*reg(PERIPHERAL_ID0) & 0xffu) != 0x81u) {
        return false;
    }
    *reg(C0_CONFIGURATION) = 0;
    *reg(INT_TC_CLEAR) = 1;
    *reg(INT_ERROR_CLEAR) = 1;
    *reg(CONFIGURATION) = CONFIGURATION_ENABLE;
    return true;
}

/* A part of a copy, in the order of the channel's registers: the controller loads them from there when the part before is
 * through. */
struct item {
    uint32_t source, destination, next, control;
};
static struct item items[ARM_PL081_PARTS];

static struct item part(int16_t *to, const int16_t *from, uint32_t halfwords, const struct item *next) {
    const uint32_t control =
        next ? CONTROL_WIDTH_16 | CONTROL_INCREMENT : CONTROL_WIDTH_16 | CONTROL_INCREMENT | CONTROL_INTERRUPT;
    return (struct item){(uint32_t)(uintptr_t)from, (uint32_t)(uintptr_t)to, (uint32_t)(uintptr_t)next, halfwords | control};
}

void arm_pl081_copy(int16_t *to, const int16_t *from, uint32_t halfwords) {
    struct item *next = items;
    uint32_t done = halfwords <= ARM_PL081_MOST ? halfwords : ARM_PL081_MOST;
    const struct item first = part(to, from, done, done < halfwords ? next : 0);
    while (done < halfwords) {
        const uint32_t left = halfwords - done;
        const bool last = left <= ARM_PL081_MOST;
        *next = part(to + done, from + done, last ? left : ARM_PL081_MOST, last ? 0 : next + 1);
        next++;
        done += last ? left : ARM_PL081_MOST;
        __sync_synchronize(); /* the controller reads it from memory */
    }
    *reg(C0_SOURCE) = first.source;
    *reg(C0_DESTINATION) = first.destination;
    *reg(C0_NEXT_ITEM) = first.next;
    *reg(C0_CONTROL) = first.control;
    *reg(C0_CONFIGURATION) = CHANNEL_ENABLE | CHANNEL_ERROR_MASK | CHANNEL_TC_MASK;
    *reg(CONFIGURATION) =
        CONFIGURATION_ENABLE; /* changes nothing in hardware; QEMU's model raises its interrupt line only here */
}

bool arm_pl081_done(void) {
    bool done = (*reg(INT_TC_STATUS) & 1u) != 0;
    *reg(INT_TC_CLEAR) = 1;
    return done;
}

bool arm_pl081_failed(void) {
    bool failed = (*reg(INT_ERROR_STATUS) & 1u) != 0;
    *reg(INT_ERROR_CLEAR) = 1;
    return failed;
}
