/* The board's side of the system around a core in RTL: what boards that Verilator simulates have in common. */
#include "stator/board.h"
#include "stator/fail.h"

#include "riscv_clint/riscv_clint.h"
#include "riscv_plic/riscv_plic.h"
#include "rtl_system/rtl_system.h"

const uintptr_t riscv_clint_base = RTL_CLINT;
const uintptr_t riscv_plic_base = RTL_PLIC;

void rtl_vectors(void); /* rtl_vectors.S */

void riscv_plic_dispatch(unsigned source) {
    if (source == RTL_SENSOR_SOURCE) {
        rtl_sensor_interrupt();
    } else if (source == RTL_SERIAL_SOURCE) {
        rtl_serial_interrupt();
    } else {
        stator_fail("unexpected PLIC source");
    }
}

void stator_board_init(void) {
    __asm__ volatile("csrw mtvec, %0" : : "r"((uintptr_t)rtl_vectors | 1u));
    riscv_plic_enable(RTL_SENSOR_SOURCE, 2);
    riscv_plic_enable(RTL_SERIAL_SOURCE, 1);
}

_Noreturn void stator_board_exit(int status) {
    *rtl_register(RTL_EXIT) = (uint32_t)status;
    for (;;) {
    }
}
