/* QEMU virt: where the peripherals lie, and which interrupt goes to which driver (QEMU 7.2, hw/riscv/virt.c). */
#include "stator/board.h"
#include "stator/fail.h"

#include "ns16550/ns16550.h"
#include "riscv_clint/riscv_clint.h"
#include "riscv_plic/riscv_plic.h"
#include "riscv_pmp/riscv_pmp.h"

#define UART0_IRQ 10u

const uintptr_t riscv_clint_base = 0x02000000u;
const uintptr_t riscv_plic_base = 0x0c000000u;
const struct ns16550 ns16550_port = {.base = 0x10000000u, .divisor = 2}; /* 3.6864 MHz / 16 / 2 */

void riscv_plic_dispatch(unsigned source) {
    if (source != UART0_IRQ) {
        stator_fail("unexpected PLIC source");
    }
    ns16550_interrupt();
}

void stator_board_init(void) {
    riscv_pmp_start(0x80000000u, 0x400000u, 0x80400000u, 0x400000u); /* board.yml: memory */
    riscv_plic_enable(UART0_IRQ, 1);
}

_Noreturn void stator_board_exit(int status) {
    *(volatile uint32_t *)0x00100000u = status == 0 ? 0x5555u : (((uint32_t)status << 16) | 0x3333u); /* test finisher */
    for (;;) {
    }
}
