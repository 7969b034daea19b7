#include "riscv_plic/riscv_plic.h"

#define PRIORITY  0x000000u
#define ENABLE    0x002000u
#define THRESHOLD 0x200000u
#define CLAIM     0x200004u

static volatile uint32_t *reg(uint32_t offset) {
    return (volatile uint32_t *)(riscv_plic_base + offset);
}

void riscv_plic_enable(unsigned source, unsigned priority) {
    *reg(PRIORITY + 4u * source) = priority;
    *reg(ENABLE + 4u * (source / 32u)) |= 1u << (source % 32u);
    *reg(THRESHOLD) = 0;
}

void riscv_plic_interrupt(void) {
    for (uint32_t source; (source = *reg(CLAIM)) != 0; *reg(CLAIM) = source) {
        riscv_plic_dispatch(source);
    }
}
