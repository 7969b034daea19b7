/* Access to control and status registers by number. Where STATOR_REGISTER_HOOK is defined (host tests), a function of the test.
 */
#ifndef NUCLEI_CSR_H
#define NUCLEI_CSR_H

#include <stdint.h>

#ifdef STATOR_REGISTER_HOOK

void stator_csr_write(uint32_t number, uint32_t value);
void stator_csr_set(uint32_t number, uint32_t bits);
void nuclei_interrupts_off(void);

#else

#define stator_csr_write(number, value) __asm__ volatile("csrw %0, %1" : : "i"(number), "r"(value) : "memory")
#define stator_csr_set(number, bits)    __asm__ volatile("csrs %0, %1" : : "i"(number), "r"(bits) : "memory")

static inline void nuclei_interrupts_off(void) {
    __asm__ volatile("csrci mstatus, 8" : : : "memory");
}

#endif

#endif
