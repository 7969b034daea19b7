/* Platform-level interrupt controller: machine-mode context of hart 0. */
#ifndef RISCV_PLIC_H
#define RISCV_PLIC_H

#include <stdint.h>

/* Given by the board: where its PLIC lies. */
extern const uintptr_t riscv_plic_base;

/* Lets interrupt `source` (1 to 1023) through with `priority` (1 to 7). */
void riscv_plic_enable(unsigned source, unsigned priority);

/* Serves all pending sources. From the external interrupt. */
void riscv_plic_interrupt(void);

/* Implemented by the board: calls the driver of `source`. */
void riscv_plic_dispatch(unsigned source);

#endif
