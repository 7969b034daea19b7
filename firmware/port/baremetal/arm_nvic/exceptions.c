/* The exceptions that a kernel would use: start-up's vectors name them. */
#include "stator/fail.h"

void SVC_Handler(void);
void PendSV_Handler(void);
void SysTick_Handler(void);

void SVC_Handler(void) {
    stator_fail("unexpected SVC");
}

void PendSV_Handler(void) {
    stator_fail("unexpected PendSV");
}

void SysTick_Handler(void) {
    stator_fail("unexpected SysTick");
}
