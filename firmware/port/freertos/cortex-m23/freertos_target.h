/* Armv8-M Baseline without MPU or a second security state: everything runs in the state the core boots in. It has no BASEPRI, so
 * the kernel's critical sections hold off every interrupt. */
#ifndef FREERTOS_TARGET_H
#define FREERTOS_TARGET_H

#define configENABLE_FPU               0
#define configENABLE_MPU               0
#define configENABLE_MVE               0
#define configENABLE_TRUSTZONE         0
#define configRUN_FREERTOS_SECURE_ONLY 1

/* Three priority bits, as the core has that runs this for a Cortex-M23, which has two. Interrupts of every priority may call the
 * port. */
#define configPRIO_BITS                      3
#define configMAX_SYSCALL_INTERRUPT_PRIORITY (0u << (8u - configPRIO_BITS))

#endif
