/* The image under stress (`stator run --stress`): telemetry floods the line and the idle task burns all the time that is left.
 *
 * The linker puts these in place of what they wrap (--wrap); nothing of it is in any other image. */
#include "FreeRTOS.h"

#include "queue.h"

#include "stator/fail.h"
#include "stator/health.h"
#include "stator/monitor.h"
#include "stator/port.h"
#include "stator/uart.h"

#include "memory_plan.h"

#define MOST 64u /* frames between two records: more than fit on any line, and an end for simulated ones that take no time */

void __real_stator_port_receive_record(struct stator_record *record);
void __wrap_stator_port_receive_record(struct stator_record *record);
void __wrap_vApplicationIdleHook(void);

/* Before the telemetry task waits for a record, it tells of the stacks over and over, until the record is there. */
void __wrap_stator_port_receive_record(struct stator_record *record) {
    QueueHandle_t records = (QueueHandle_t)(void *)stator_qcb_records;
    for (unsigned i = 0; i < MOST && uxQueueMessagesWaiting(records) == 0; i++) {
        const uint8_t *frame;
        size_t bytes = stator_monitor_stacks_frame(&frame);
        if (stator_uart_send(frame, bytes)) {
            stator_fail("uart");
        }
        stator_port_wait_sent();
    }
    __real_stator_port_receive_record(record);
}

/* The idle task does not sleep. A long way without a branch, which a simulator executes fastest. */
void __wrap_vApplicationIdleHook(void) {
    stator_health_poll();
    __asm__ volatile(".rept 480\n"
                     "nop\n"
                     ".endr");
}
