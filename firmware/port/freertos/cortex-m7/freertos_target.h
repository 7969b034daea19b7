/* Armv7-M, with or without FPU context. The kernel's port has names of its own for the exceptions that start-up's vectors name.
 */
#ifndef FREERTOS_TARGET_H
#define FREERTOS_TARGET_H

#define vPortSVCHandler     SVC_Handler
#define xPortPendSVHandler  PendSV_Handler
#define xPortSysTickHandler SysTick_Handler

/* Three priority bits. Interrupts that call the port have priority 2 or less urgent (board.yml, `interrupts`). */
#define configPRIO_BITS                      3
#define configKERNEL_INTERRUPT_PRIORITY      (7u << (8u - configPRIO_BITS))
#define configMAX_SYSCALL_INTERRUPT_PRIORITY (2u << (8u - configPRIO_BITS))

#endif
