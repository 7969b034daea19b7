/* FreeRTOS for every board: static objects only, three tasks and idle, a slow tick that nothing on the path of data waits for.
 * What differs between boards comes as STATOR_CLOCK_HZ (board.yml) and from the folder of the core or interrupt controller. */
#ifndef FREERTOS_CONFIG_H
#define FREERTOS_CONFIG_H

#include "freertos_target.h"

#define configSUPPORT_STATIC_ALLOCATION     1
#define configSUPPORT_DYNAMIC_ALLOCATION    0
#define configKERNEL_PROVIDED_STATIC_MEMORY 0

#define configUSE_PREEMPTION                    1
#define configUSE_TIME_SLICING                  0
#define configUSE_PORT_OPTIMISED_TASK_SELECTION 0
#define configIDLE_SHOULD_YIELD                 0
#define configMAX_PRIORITIES                    4
#define configMINIMAL_STACK_SIZE                64 /* unused: every stack stands in firmware/app/tasks.yml */
#define configMAX_TASK_NAME_LEN                 10
#define configCPU_CLOCK_HZ                      STATOR_CLOCK_HZ
#define configTICK_RATE_HZ                      10
#define configTICK_TYPE_WIDTH_IN_BITS           TICK_TYPE_WIDTH_32_BITS

#define configUSE_IDLE_HOOK       1 /* sleeps until an interrupt */
#define configUSE_TICK_HOOK       1 /* the supervisor's clock */
#define configUSE_TIMERS          0
#define configUSE_MUTEXES         0
#define configUSE_CO_ROUTINES     0
#define configUSE_TRACE_FACILITY  0
#define configQUEUE_REGISTRY_SIZE 0

#define configUSE_TASK_NOTIFICATIONS          1
#define configTASK_NOTIFICATION_ARRAY_ENTRIES 1
#define configCHECK_FOR_STACK_OVERFLOW        2

#ifdef STATOR_GUARD_BYTES /* once all stacks are filled, the idle task's too */
void stator_port_guard_stacks(void);
#define traceSTARTING_SCHEDULER(idle) stator_port_guard_stacks()
#endif

#define INCLUDE_vTaskDelay   0
#define INCLUDE_vTaskSuspend 1 /* portMAX_DELAY waits for ever */

_Noreturn void stator_port_assert(const char *file, int line);
#define configASSERT(condition)                                                                                                  \
    do {                                                                                                                         \
        if (!(condition)) {                                                                                                      \
            stator_port_assert(__FILE__, __LINE__);                                                                              \
        }                                                                                                                        \
    } while (0)

#endif
