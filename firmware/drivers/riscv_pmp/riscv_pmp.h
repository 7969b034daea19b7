/* Physical memory protection of a RISC-V core (RISC-V privileged architecture, "Physical Memory Protection"). */
#ifndef RISCV_PMP_H
#define RISCV_PMP_H

#include <stdint.h>

/* Also implements stator/guard.h. Entries 0 to 4 are the guards'.
 *
 * Until the next reset: what lies in `flash` cannot be written, what lies in `ram` cannot be executed, machine mode included.
 * Whatever is in neither stays as it is. `bytes`: of each, a power of two of at least 8 that its address is a multiple of. */
void riscv_pmp_start(uint32_t flash, uint32_t flash_bytes, uint32_t ram, uint32_t ram_bytes);

#endif
