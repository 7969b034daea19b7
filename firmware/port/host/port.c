/* stator/port.h without an operating system: tasks are functions that the caller runs, waiting is an error. */
#include "stator/port.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host.h"

#include "stator/board.h"
#include "stator/clock.h"
#include "stator/fail.h"
#include "stator/health.h"
#include "stator/image.h"
#include "stator/monitor.h"
#include "stator/stream.h"
#include "stator/temperature.h"
#include "stator/uart.h"
#include "stator/watchdog.h"

#include "memory_plan.h"

_Static_assert(sizeof(struct stator_column) == STATOR_QUEUE_COLUMNS_ITEM_BYTES, "firmware/app/tasks.yml: columns.item_bytes");
_Static_assert(sizeof(struct stator_record) == STATOR_QUEUE_RECORDS_ITEM_BYTES, "firmware/app/tasks.yml: records.item_bytes");

#define TICK (STATOR_SAMPLE_CLOCK_HZ / STATOR_HEALTH_TICK_HZ)

struct queue {
    uint8_t *items;
    size_t item_bytes;
    size_t length;
    size_t first;
    size_t count;
};

static struct queue columns = {stator_queue_columns, STATOR_QUEUE_COLUMNS_ITEM_BYTES, STATOR_QUEUE_COLUMNS_LENGTH, 0, 0};
static struct queue records = {stator_queue_records, STATOR_QUEUE_RECORDS_ITEM_BYTES, STATOR_QUEUE_RECORDS_LENGTH, 0, 0};
static uint32_t missed; /* ticks of the sampling clock while interrupts were off */
static bool half_ready;
static bool while_held;
static unsigned filling;
static uint64_t timestamp;
static uint32_t since; /* the supervisor's last tick, in ticks of the sampling clock */
static uint32_t now;
static int32_t temperature = 2150;

static int put(struct queue *queue, const void *item) {
    if (queue->count == queue->length) {
        return -EAGAIN;
    }
    size_t slot = (queue->first + queue->count++) % queue->length;
    memcpy(queue->items + slot * queue->item_bytes, item, queue->item_bytes);
    return 0;
}

static void take(struct queue *queue, void *item) {
    if (queue->count == 0) {
        stator_fail("a task waits for a queue that nobody will fill");
    }
    memcpy(item, queue->items + queue->first * queue->item_bytes, queue->item_bytes);
    queue->first = (queue->first + 1) % queue->length;
    queue->count--;
}

void stator_port_half_ready_from_isr(void) {
    half_ready = true;
}

int stator_port_send_column(const struct stator_column *column) {
    return put(&columns, column);
}

void stator_port_receive_column(struct stator_column *column) {
    take(&columns, column);
}

int stator_port_send_record(const struct stator_record *record) {
    return put(&records, record);
}

void stator_port_receive_record(struct stator_record *record) {
    take(&records, record);
}

/* Time passes, and with it the supervisor's ticks. */
static void pass(uint32_t sample_ticks) {
    for (since += sample_ticks; since >= TICK; since -= TICK) {
        stator_health_tick_from_isr();
    }
}

void stator_host_wait(void) {
    pass(TICK);
}

const char *stator_port_damage(void) {
    return NULL;
}

const char *const stator_watchdog_name = "none";

void stator_watchdog_start(void) {}

void stator_watchdog_feed(void) {}

bool stator_watchdog_bit(void) {
    return false;
}

/* No flash: an empty image. */
static const uint8_t flash[1];
const uint8_t *const stator_image_begin = flash;
const uint8_t *const stator_image_end = flash;
const uint32_t stator_image_sum = 0;

const char *stator_port_stack_name(unsigned index) {
    return index == 0 ? "host" : NULL;
}

size_t stator_port_stack_used(unsigned index) {
    (void)index;
    return 0;
}

/* The clock counts its own readings: deterministic, and always going on. */
void stator_clock_start(void) {
    now = 0;
}

uint32_t stator_clock_now(void) {
    return now++;
}

void stator_uart_init(void) {}

int stator_uart_send(const uint8_t *data, size_t bytes) {
    return fwrite(data, 1, bytes, stdout) == bytes ? 0 : -EINVAL;
}

void stator_uart_panic(const char *text) {
    (void)fputs(text, stdout);
}

_Noreturn void stator_board_exit(int status) {
    exit(status);
}

int stator_temperature_init(void) {
    return 0;
}

void stator_temperature_start(void) {}

int stator_temperature_take(int32_t *hundredths) {
    *hundredths = temperature;
    return temperature == STATOR_HOST_SILENT ? -EIO : 0;
}

void stator_host_temperature(int32_t hundredths) {
    temperature = hundredths;
}

static void copy_half(void) {
    memcpy(filling ? stator_half1 : stator_half0, stator_host_samples(), STATOR_HALF_SAMPLES * sizeof(int16_t));
    timestamp += STATOR_HALF_TICKS;
    filling ^= 1u;
}

void stator_host_half_missed(void) {
    copy_half();
    missed += STATOR_HALF_TICKS;
}

void stator_host_half(void) {
    unsigned full = filling;
    copy_half();
    stator_stream_filled(full, timestamp, stator_clock_now());
    pass(missed + STATOR_HALF_TICKS);
    missed = 0;
}

void stator_host_half_while_held(void) {
    while_held = true;
}

/* The linker puts this in place of the stream's (--wrap). */
int __real_stator_stream_release(const struct stator_half *half);
int __wrap_stator_stream_release(const struct stator_half *half);

int __wrap_stator_stream_release(const struct stator_half *half) {
    if (while_held) {
        while_held = false;
        stator_host_half();
    }
    return __real_stator_stream_release(half);
}

void stator_host_flip_state(void) {
    stator_arena[STATOR_MODEL_STATE_OFFSET + STATOR_MODEL_STATE_BYTES / 2u] ^= 0x10u;
}

void stator_host_flip_column(void) {
    columns.items[columns.first * columns.item_bytes + columns.item_bytes / 2u] ^= 0x10u;
}

bool stator_host_feature(void) {
    if (!half_ready) {
        return false;
    }
    half_ready = false;
    struct stator_column column;
    memset(&column, 0, sizeof(column));
    if (stator_monitor_feature(&column, stator_clock_now()) == 0 && stator_port_send_column(&column)) {
        stator_monitor_column_lost();
    }
    return true;
}

bool stator_host_inference(void) {
    if (columns.count == 0) {
        return false;
    }
    struct stator_column column;
    struct stator_record record;
    memset(&record, 0, sizeof(record));
    stator_port_receive_column(&column);
    if (stator_monitor_infer(&record, &column) == 0 && stator_port_send_record(&record)) {
        stator_monitor_record_lost();
    }
    stator_monitor_selftest();
    return true;
}

bool stator_host_telemetry(void) {
    if (records.count == 0) {
        return false;
    }
    struct stator_record record;
    const uint8_t *frame;
    stator_port_receive_record(&record);
    size_t bytes = stator_monitor_record_frame(&frame, &record);
    return bytes == 0 || stator_uart_send(frame, bytes) == 0;
}
