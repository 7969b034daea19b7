/* Nuclei ECLIC: interrupts with levels, and the core's own CSRs for them.
 *
 * Core blocks stand in no vendor's manual of the chip; GD32VF103.svd has the ECLIC, with two addresses wrong. Source of
 * everything here: Nuclei "Bumblebee Core Architecture Manual" (ECLIC, CSRs) and Nuclei N200 ISA manual 1.0; tests compare the
 * ECLIC's addresses with GD32VF103.svd.
 */
#ifndef NUCLEI_ECLIC_H
#define NUCLEI_ECLIC_H

#include <stdint.h>

#define NUCLEI_ECLIC_BASE 0xd2000000u
#define NUCLEI_ECLIC_CFG  (NUCLEI_ECLIC_BASE + 0x0u) /* 8 bit: NLBITS in bits 4 to 1 */
#define NUCLEI_ECLIC_MTH  (NUCLEI_ECLIC_BASE + 0xbu) /* 8 bit: levels up to this one are held back */
/* Four bytes for each interrupt. */
#define NUCLEI_ECLIC_IP(id)   (NUCLEI_ECLIC_BASE + 0x1000u + 4u * (id))
#define NUCLEI_ECLIC_IE(id)   (NUCLEI_ECLIC_BASE + 0x1001u + 4u * (id))
#define NUCLEI_ECLIC_ATTR(id) (NUCLEI_ECLIC_BASE + 0x1002u + 4u * (id)) /* SHV in bit 0, TRIG in bits 2 and 1 */
#define NUCLEI_ECLIC_CTL(id)  (NUCLEI_ECLIC_BASE + 0x1003u + 4u * (id))

#define NUCLEI_ECLIC_CTL_BITS                                                                                                    \
    4u                         /* CLICINTCTLBITS of the Bumblebee: the upper bits of CTL that exist; all of them are level here */
#define NUCLEI_ECLIC_COUNT 87u /* interrupts of the GD32VF103, the core's 19 among them */

/* The core's own interrupts. */
#define NUCLEI_SOFTWARE_INTERRUPT 3u
#define NUCLEI_TIMER_INTERRUPT    7u

#define NUCLEI_MTVT      0x307 /* vector table; 512-byte aligned for 65 to 128 interrupts */
#define NUCLEI_MTVEC     0x305 /* exceptions; bits 5 to 0 are 3 for ECLIC mode */
#define NUCLEI_MTVT2     0x7ec /* common entry of interrupts that are not vectored; bit 0 switches it on */
#define NUCLEI_MMISC_CTL 0x7d0 /* bit 9: NMI goes where mtvec points */

/* One entry of the vector table. */
typedef void (*nuclei_vector)(void);

enum nuclei_eclic_entry {
    NUCLEI_COMMON = 0,  /* by the common entry, which saves registers: the handler is an ordinary function, and may be interrupted
                           by higher levels */
    NUCLEI_VECTORED = 1 /* straight to the handler, which saves registers itself */
};

/* Switches the core to ECLIC mode with all interrupts off: `vectors` (NUCLEI_ECLIC_COUNT entries, aligned to 512), `common`
 * (aligned to 4) and `exceptions` (aligned to 64). */
void nuclei_eclic_start(const nuclei_vector *vectors, nuclei_vector common, nuclei_vector exceptions);

/* Lets interrupt `id` through. `level`: 0 to 15, a larger one interrupts a smaller one. Level-triggered: the handler ends the
 * cause. */
void nuclei_eclic_enable(uint32_t id, uint32_t level, enum nuclei_eclic_entry entry);

/* Implemented by the port, entered by the core, not to be called: */
void nuclei_eclic_common(void);       /* the common entry */
void nuclei_eclic_exception(void);    /* exceptions and NMI */
void nuclei_software_interrupt(void); /* NUCLEI_SOFTWARE_INTERRUPT, vectored */
void nuclei_timer_interrupt(void);    /* NUCLEI_TIMER_INTERRUPT, by the common entry */

#endif
