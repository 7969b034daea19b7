/* The monitor on FreeRTOS: tasks, queues and stacks out of the memory plan, nothing from a heap. */
#include "FreeRTOS.h"

#include "queue.h"
#include "task.h"

#include "stator/fail.h"
#include "stator/line.h"
#include "stator/monitor.h"
#include "stator/port.h"
#include "stator/uart.h"

#include "memory_plan.h"

/* The plan reserves bytes (firmware/app/tasks.yml); here it is seen that they are enough. */
#define FITS(object, plan) _Static_assert(sizeof(object) <= sizeof(plan), "firmware/app/tasks.yml: too few bytes for " #object)
FITS(StaticTask_t, stator_tcb_feature);
FITS(StaticQueue_t, stator_qcb_columns);
_Static_assert(sizeof(struct stator_column) == STATOR_QUEUE_COLUMNS_ITEM_BYTES, "firmware/app/tasks.yml: columns.item_bytes");
_Static_assert(sizeof(struct stator_record) == STATOR_QUEUE_RECORDS_ITEM_BYTES, "firmware/app/tasks.yml: records.item_bytes");
_Static_assert(STATOR_TASK_FEATURE_PRIORITY < configMAX_PRIORITIES, "configMAX_PRIORITIES");

#define PAINT 0xa5u /* tskSTACK_FILL_BYTE: what the kernel, and start-up for the main stack, fill stacks with */

static TaskHandle_t feature_task;
static TaskHandle_t telemetry_task;
static QueueHandle_t columns;
static QueueHandle_t records;

static void feature(void *unused) {
    (void)unused;
    stator_feature_task();
}

static void inference(void *unused) {
    (void)unused;
    stator_inference_task();
}

static void telemetry(void *unused) {
    (void)unused;
    stator_telemetry_task();
}

#define CREATE(name, NAME)                                                                                                       \
    xTaskCreateStatic(name, #name, STATOR_TASK_##NAME##_STACK_BYTES / sizeof(StackType_t), NULL, STATOR_TASK_##NAME##_PRIORITY,  \
                      (StackType_t *)(void *)stator_stack_##name, (StaticTask_t *)(void *)stator_tcb_##name)

_Noreturn void stator_port_start(void) {
    columns = xQueueCreateStatic(STATOR_QUEUE_COLUMNS_LENGTH, STATOR_QUEUE_COLUMNS_ITEM_BYTES, stator_queue_columns,
                                 (StaticQueue_t *)(void *)stator_qcb_columns);
    records = xQueueCreateStatic(STATOR_QUEUE_RECORDS_LENGTH, STATOR_QUEUE_RECORDS_ITEM_BYTES, stator_queue_records,
                                 (StaticQueue_t *)(void *)stator_qcb_records);
    feature_task = CREATE(feature, FEATURE);
    (void)CREATE(inference, INFERENCE);
    telemetry_task = CREATE(telemetry, TELEMETRY);
    vTaskStartScheduler();
    stator_fail("the scheduler returned");
}

void stator_port_half_ready_from_isr(void) {
    BaseType_t woken = pdFALSE;
    vTaskNotifyGiveFromISR(feature_task, &woken);
    portYIELD_FROM_ISR(woken);
}

void stator_port_wait_half(void) {
    (void)ulTaskNotifyTake(pdTRUE, portMAX_DELAY);
}

int stator_port_send_column(const struct stator_column *column) {
    return xQueueSend(columns, column, 0) == pdTRUE ? 0 : -EAGAIN;
}

void stator_port_receive_column(struct stator_column *column) {
    (void)xQueueReceive(columns, column, portMAX_DELAY);
}

int stator_port_send_record(const struct stator_record *record) {
    return xQueueSend(records, record, 0) == pdTRUE ? 0 : -EAGAIN;
}

void stator_port_receive_record(struct stator_record *record) {
    (void)xQueueReceive(records, record, portMAX_DELAY);
}

void stator_uart_sent_from_isr(void) {
    BaseType_t woken = pdFALSE;
    vTaskNotifyGiveFromISR(telemetry_task, &woken);
    portYIELD_FROM_ISR(woken);
}

void stator_port_wait_sent(void) {
    (void)ulTaskNotifyTake(pdTRUE, portMAX_DELAY);
}

static const struct {
    const char *name;
    const uint8_t *lowest;
    size_t bytes;
} stacks[] = {
    {"feature", stator_stack_feature, sizeof(stator_stack_feature)},
    {"inference", stator_stack_inference, sizeof(stator_stack_inference)},
    {"telemetry", stator_stack_telemetry, sizeof(stator_stack_telemetry)},
    {"idle", stator_stack_idle, sizeof(stator_stack_idle)},
    {"main", stator_stack_main, sizeof(stator_stack_main)},
};

const char *stator_port_stack_name(unsigned index) {
    return index < sizeof(stacks) / sizeof(stacks[0]) ? stacks[index].name : NULL;
}

size_t stator_port_stack_used(unsigned index) {
    size_t untouched = 0;
    while (untouched < stacks[index].bytes && stacks[index].lowest[untouched] == PAINT) {
        untouched++;
    }
    return stacks[index].bytes - untouched;
}

/* What the kernel calls. */

void vApplicationGetIdleTaskMemory(StaticTask_t **tcb, StackType_t **stack, configSTACK_DEPTH_TYPE *words) {
    *tcb = (StaticTask_t *)(void *)stator_tcb_idle;
    *stack = (StackType_t *)(void *)stator_stack_idle;
    *words = STATOR_TASK_IDLE_STACK_BYTES / sizeof(StackType_t);
}

void vApplicationIdleHook(void) {
    __asm__ volatile("wfi");
}

_Noreturn void vApplicationStackOverflowHook(TaskHandle_t task, char *name) {
    (void)task;
    char text[32] = "stack overflow in ";
    size_t at = 18;
    for (size_t i = 0; name[i] != '\0' && at < sizeof(text) - 1; i++) {
        text[at++] = name[i];
    }
    text[at] = '\0';
    stator_fail(text);
}

_Noreturn void stator_port_assert(const char *file, int line) {
    static uint8_t text[80];
    struct stator_line message;
    stator_line_begin(&message, text, sizeof(text) - 1);
    stator_line_text(&message, "assert line ");
    stator_line_decimal(&message, (uint64_t)line);
    stator_line_text(&message, " of ");
    stator_line_text(&message, file);
    stator_fail((const char *)text);
}
