/* Interrupts of a core with CLINT and PLIC, called by trap.S. They do not nest. */
#include <stdint.h>

#include "riscv_clint/riscv_clint.h"
#include "riscv_plic/riscv_plic.h"

#include "stator/fail.h"

#define CAUSE_TIMER    0x80000007u
#define CAUSE_EXTERNAL 0x8000000bu

void baremetal_interrupt(uint32_t cause, uint32_t entered_at);

void baremetal_interrupt(uint32_t cause, uint32_t entered_at) {
    if (cause == CAUSE_TIMER) {
        if (riscv_clint_due(RISCV_CLINT_SAMPLE)) {
            riscv_clint_sample(entered_at);
        }
    } else if (cause == CAUSE_EXTERNAL) {
        riscv_plic_interrupt();
    } else {
        stator_fail("unexpected interrupt");
    }
}
