/* RISC-V with a CLINT whose machine timer the kernel's tick shares with the sampling timer: the kernel gets no timer of its own
 * (addresses 0) and every interrupt comes to interrupts.c. The interrupt stack is start-up's, __freertos_irq_stack_top. */
#ifndef FREERTOS_TARGET_H
#define FREERTOS_TARGET_H

#define configMTIME_BASE_ADDRESS    0
#define configMTIMECMP_BASE_ADDRESS 0

#endif
