/* The monitor on FreeRTOS: tasks, queues and stacks out of the memory plan, nothing from a heap. */
#include "FreeRTOS.h"

#include "queue.h"
#include "task.h"

#include "stator/fail.h"
#include "stator/guard.h"
#include "stator/health.h"
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

STATOR_FIXED static TaskHandle_t feature_task;
STATOR_FIXED static TaskHandle_t telemetry_task;
STATOR_FIXED static QueueHandle_t columns;
STATOR_FIXED static QueueHandle_t records;

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

#ifdef STATOR_GUARD_BYTES
void stator_port_guard_stacks(void) {
    for (unsigned i = 0; i < sizeof(stacks) / sizeof(stacks[0]); i++) {
        stator_guard_stack(stacks[i].lowest);
    }
}

const char *stator_guard_at(uintptr_t address) {
    for (unsigned i = 0; i < sizeof(stacks) / sizeof(stacks[0]); i++) {
        if (address - (uintptr_t)stacks[i].lowest < STATOR_GUARD_BYTES) {
            return stacks[i].name;
        }
    }
    return NULL;
}
#endif

#define TASKS(X) X(feature, FEATURE) X(inference, INFERENCE) X(telemetry, TELEMETRY) X(idle, IDLE)

#define TASK(task, TASK)                                                                                                         \
    {(const StaticTask_t *)(const void *)stator_tcb_##task, stator_stack_##task, sizeof(stator_stack_##task),                    \
     STATOR_TASK_##TASK##_PRIORITY, "task " #task " is damaged"},
static const struct {
    const StaticTask_t *object;
    const uint8_t *stack;
    size_t bytes;
    UBaseType_t priority;
    const char *what;
} tasks[] = {TASKS(TASK)};

#define QUEUE(queue, QUEUE)                                                                                                      \
    {(const StaticQueue_t *)(const void *)stator_qcb_##queue, stator_queue_##queue, STATOR_QUEUE_##QUEUE##_LENGTH,               \
     STATOR_QUEUE_##QUEUE##_ITEM_BYTES, "queue " #queue " is damaged"}
static const struct {
    const StaticQueue_t *object;
    const uint8_t *items;
    UBaseType_t length;
    UBaseType_t item_bytes;
    const char *what;
} queues[] = {QUEUE(columns, COLUMNS), QUEUE(records, RECORDS)};

/* The kernel's own structures are private; their public twins (StaticTask_t, StaticQueue_t) lie the same, member by member:
 * tasks.c and queue.c assert their sizes, and the comments here name what each dummy stands for. Each holds at every moment, also
 * in the middle of the kernel's changes, so nothing is locked. */
static bool task_holds(unsigned i) {
    const StaticTask_t *object = tasks[i].object;
    const uint8_t *top = object->pxDummy1; /* pxTopOfStack, of the running task at its last switch */
    return top >= tasks[i].stack && top <= tasks[i].stack + tasks[i].bytes &&
           object->xDummy3[0].pvDummy3[2] == object &&       /* xStateListItem.pvOwner */
           object->xDummy3[1].pvDummy3[2] == object &&       /* xEventListItem.pvOwner */
           object->uxDummy5 == tasks[i].priority &&          /* uxPriority */
           object->pxDummy6 == (const void *)tasks[i].stack; /* pxStack */
}

static bool inside(const void *pointer, unsigned i) {
    uintptr_t at = (uintptr_t)pointer - (uintptr_t)queues[i].items;
    return at <= queues[i].length * queues[i].item_bytes && at % queues[i].item_bytes == 0;
}

static bool queue_holds(unsigned i) {
    const StaticQueue_t *object = queues[i].object;
    const uint8_t *end = queues[i].items + queues[i].length * queues[i].item_bytes;
    return object->pvDummy1[0] == (const void *)queues[i].items && /* pcHead */
           inside(object->pvDummy1[1], i) &&                       /* pcWriteTo */
           object->pvDummy1[2] == (const void *)end &&             /* u.xQueue.pcTail */
           inside(object->u.pvDummy2, i) &&                        /* u.xQueue.pcReadFrom */
           object->uxDummy4[0] <= queues[i].length &&              /* uxMessagesWaiting */
           object->uxDummy4[1] == queues[i].length && object->uxDummy4[2] == queues[i].item_bytes;
}

const char *stator_port_damage(void) {
    for (unsigned i = 0; i < sizeof(stacks) / sizeof(stacks[0]); i++) {
        if (stacks[i].lowest[0] != PAINT || stacks[i].lowest[1] != PAINT || stacks[i].lowest[2] != PAINT ||
            stacks[i].lowest[3] != PAINT) {
            return "a stack was used to its end";
        }
    }
    for (unsigned i = 0; i < sizeof(tasks) / sizeof(tasks[0]); i++) {
        if (!task_holds(i)) {
            return tasks[i].what;
        }
    }
    for (unsigned i = 0; i < sizeof(queues) / sizeof(queues[0]); i++) {
        if (!queue_holds(i)) {
            return queues[i].what;
        }
    }
    return NULL;
}

/* What the kernel calls. */

void vApplicationGetIdleTaskMemory(StaticTask_t **tcb, StackType_t **stack, configSTACK_DEPTH_TYPE *words) {
    *tcb = (StaticTask_t *)(void *)stator_tcb_idle;
    *stack = (StackType_t *)(void *)stator_stack_idle;
    *words = STATOR_TASK_IDLE_STACK_BYTES / sizeof(StackType_t);
}

_Static_assert(configTICK_RATE_HZ == STATOR_HEALTH_TICK_HZ, "the tick is the supervisor's clock");

void vApplicationTickHook(void) {
    stator_health_tick_from_isr();
}

void vApplicationIdleHook(void) {
    stator_health_poll();
#ifdef STATOR_IDLE_SPINS /* board.yml: a simulator that wakes a sleeping core late; a long way without a branch is what it does  \
                            fastest */
    __asm__ volatile(".rept 240\nnop\n.endr");
#else
    __asm__ volatile("wfi");
#endif
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
