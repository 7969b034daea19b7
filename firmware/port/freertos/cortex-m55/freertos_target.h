/* Armv8.1-M Main with FPU and Helium context, without MPU or a second security state: everything runs in the state the core boots
 * in. */
#ifndef FREERTOS_TARGET_H
#define FREERTOS_TARGET_H

#define configENABLE_FPU               1
#define configENABLE_MPU               0
#define configENABLE_MVE               1
#define configENABLE_TRUSTZONE         0
#define configRUN_FREERTOS_SECURE_ONLY 1

/* Three priority bits. Interrupts that call the port have priority 2 or less urgent (board.yml, `interrupts`). */
#define configPRIO_BITS                      3
#define configKERNEL_INTERRUPT_PRIORITY      (7u << (8u - configPRIO_BITS))
#define configMAX_SYSCALL_INTERRUPT_PRIORITY (2u << (8u - configPRIO_BITS))

#endif
