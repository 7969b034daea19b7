/* RV32IMAC with Nuclei's ECLIC, one instruction at a time: what the GD32VF103's core does as its manuals say (Nuclei N200 ISA
 * manual 1.0, Bumblebee Core Architecture Manual). Counts instructions, knows no cycles. For tests: it stops at everything a
 * firmware should not do.
 */
#ifndef CPU_H
#define CPU_H

#include <stdbool.h>
#include <stdint.h>

#define CPU_INTERRUPTS 87u

struct cpu {
    uint32_t pc, x[32];
    uint32_t mstatus, mtvec, mtvt, mtvt2, mscratch, mepc, mcause, mtval, msubm, mmisc_ctl, mcountinhibit;
    uint32_t level; /* mintstatus.MIL */
    uint32_t reserved;
    bool has_reserved;
    uint64_t instructions; /* mcycle and minstret */
    uint8_t ip[CPU_INTERRUPTS], ie[CPU_INTERRUPTS], attr[CPU_INTERRUPTS], ctl[CPU_INTERRUPTS], cfg, mth;
    /* How contexts were kept: interrupts taken, nested ones, switches between tasks seen, deepest use of the interrupt stack. */
    uint64_t taken, nested, resumed, switched;
};

/* The chip around it. Peripheral accesses; both stop the program with a message where there is nothing. */
uint32_t chip_read(uint32_t address, unsigned bytes);
void chip_write(uint32_t address, uint32_t value, unsigned bytes);

/* Memory: `at` must lie in flash or RAM; NULL otherwise. */
uint8_t *chip_memory(uint32_t at, uint32_t bytes, bool write);

_Noreturn void stop(const char *why, ...) __attribute__((format(printf, 1, 2)));

void cpu_reset(struct cpu *cpu, uint32_t pc);

/* One instruction, or the entry of an interrupt before it. False: WFI found nothing pending. */
bool cpu_step(struct cpu *cpu);

/* ECLIC, byte by byte. */
uint8_t eclic_read(const struct cpu *cpu, uint32_t offset);
void eclic_write(struct cpu *cpu, uint32_t offset, uint8_t value);

#endif
