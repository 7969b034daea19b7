/* SiFive-style CLINT: one machine timer (mtime, mtimecmp) shared by several deadlines. */
#ifndef RISCV_CLINT_H
#define RISCV_CLINT_H

#include <stdbool.h>
#include <stdint.h>

/* Given by the board: where its CLINT lies. */
extern const uintptr_t riscv_clint_base;

/* Who waits for the timer. */
enum riscv_clint_user { RISCV_CLINT_TICK, RISCV_CLINT_SAMPLE, RISCV_CLINT_USERS };

/* mtime now. Callable from anywhere. */
uint64_t riscv_clint_now(void);

/* Sets the user's next deadline; the timer interrupt comes at the nearest of all. Interrupts off, or from an interrupt. */
void riscv_clint_arm(enum riscv_clint_user user, uint64_t deadline);

/* Whether the user's deadline has come. Stays so until it is armed again. */
bool riscv_clint_due(enum riscv_clint_user user);

/* Implemented by the sensor's driver, called from the timer interrupt when RISCV_CLINT_SAMPLE is due. Must arm it again.
 * `entered_at`: stator_clock_now() at entry of the interrupt. */
void riscv_clint_sample(uint32_t entered_at);

#endif
