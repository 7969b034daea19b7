/* Nuclei system timer: a 64-bit count with one compare value, and the software interrupt.
 * Source: Nuclei "Bumblebee Core Architecture Manual" (TIMER); it stands in no SVD file. Counts at a quarter of the core's clock.
 */
#ifndef NUCLEI_TIMER_H
#define NUCLEI_TIMER_H

#include <stdint.h>

#define NUCLEI_TIMER_BASE 0xd1000000u
#define NUCLEI_TIMER_TIME (NUCLEI_TIMER_BASE + 0x0u) /* low word; the high one follows */
#define NUCLEI_TIMER_COMPARE                                                                                                     \
    (NUCLEI_TIMER_BASE + 0x8u) /* low word; the high one follows; the interrupt is pending from there on */
#define NUCLEI_TIMER_SOFTWARE (NUCLEI_TIMER_BASE + 0xffcu) /* MSIP: bit 0 raises the software interrupt */

#define NUCLEI_TIMER_DIVIDES 4u

/* Raises NUCLEI_TIMER_INTERRUPT every `period` counts from now on. */
void nuclei_timer_start(uint32_t period);

/* Ends the cause of the interrupt: the next one comes one period after this one was due. */
void nuclei_timer_next(void);

/* Raises NUCLEI_SOFTWARE_INTERRUPT, and ends its cause; both have taken effect at the core when they return. */
void nuclei_timer_raise(void);
void nuclei_timer_settle(void);

#endif
