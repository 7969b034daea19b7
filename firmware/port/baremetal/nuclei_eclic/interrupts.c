/* The core's own interrupts, which nobody enables: the board's vectors name them. */
#include "nuclei_eclic/nuclei_eclic.h"

#include "stator/fail.h"

void nuclei_software_interrupt(void) {
    stator_fail("unexpected software interrupt");
}

void nuclei_timer_interrupt(void) {
    stator_fail("unexpected timer interrupt");
}
