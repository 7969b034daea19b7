/* Interrupts of a core with CLINT and PLIC, after the kernel has saved the task's registers and switched to the main stack.
 *
 * The one machine timer serves two deadlines, the kernel's tick and the end of a half; riscv_clint keeps both and arms the
 * nearer one. Interrupts do not nest. */
#include "FreeRTOS.h"

#include "task.h"

#include "riscv_clint/riscv_clint.h"
#include "riscv_plic/riscv_plic.h"

#include "stator/fail.h"

#include "memory_plan.h"

#define CAUSE_TIMER    0x80000007u
#define CAUSE_EXTERNAL 0x8000000bu

/* The machine timer counts at the sampling clock. */
#define TICK (STATOR_SAMPLE_CLOCK_HZ / configTICK_RATE_HZ)

static uint64_t next_tick;

/* What the kernel's port calls, and declares nowhere. */
void vPortSetupTimerInterrupt(void);
void freertos_risc_v_application_interrupt_handler(uint32_t cause);
_Noreturn void freertos_risc_v_application_exception_handler(uint32_t cause, uint32_t pc);

void vPortSetupTimerInterrupt(void) {
    next_tick = riscv_clint_now() + TICK;
    riscv_clint_arm(RISCV_CLINT_TICK, next_tick);
    __asm__ volatile("csrs mie, %0" : : "r"((1u << 7) | (1u << 11)));
}

void freertos_risc_v_application_interrupt_handler(uint32_t cause) {
    if (cause == CAUSE_TIMER) {
        uint32_t entered_at;
        __asm__ volatile("csrr %0, mscratch" : "=r"(entered_at));
        if (riscv_clint_due(RISCV_CLINT_SAMPLE)) {
            riscv_clint_sample(entered_at);
        }
        if (riscv_clint_due(RISCV_CLINT_TICK)) {
            next_tick += TICK;
            riscv_clint_arm(RISCV_CLINT_TICK, next_tick);
            if (xTaskIncrementTick()) {
                vTaskSwitchContext();
            }
        }
    } else if (cause == CAUSE_EXTERNAL) {
        riscv_plic_interrupt();
    } else {
        stator_fail("unexpected interrupt");
    }
}

_Noreturn void stator_riscv_fault(uint32_t cause, uint32_t pc, uint32_t value); /* start-up */

/* The kernel refers to it; stator_trap_entry lets no exception come so far. */
_Noreturn void freertos_risc_v_application_exception_handler(uint32_t cause, uint32_t pc) {
    stator_riscv_fault(cause, pc, 0);
}
