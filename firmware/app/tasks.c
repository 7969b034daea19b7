/* The three tasks: wait, one step of the monitor, hand on. */
#include "stator/clock.h"
#include "stator/fail.h"
#include "stator/monitor.h"
#include "stator/port.h"
#include "stator/sensor.h"
#include "stator/uart.h"

/* A stack report follows every this many records. */
#define STACKS_EVERY 64u

_Noreturn void stator_feature_task(void) {
    if (stator_sensor_start()) {
        stator_fail("sensor does not start");
    }
    for (;;) {
        stator_port_wait_half();
        uint32_t woken = stator_clock_now();
        struct stator_column column;
        if (stator_monitor_feature(&column, woken) == 0 && stator_port_send_column(&column)) {
            stator_monitor_column_lost();
        }
    }
}

_Noreturn void stator_inference_task(void) {
    for (;;) {
        stator_monitor_selftest();
        struct stator_column column;
        struct stator_record record;
        stator_port_receive_column(&column);
        if (stator_monitor_infer(&record, &column) == 0 && stator_port_send_record(&record)) {
            stator_monitor_record_lost();
        }
    }
}

static void send(const uint8_t *frame, size_t bytes) {
    if (bytes == 0) {
        return;
    }
    if (stator_uart_send(frame, bytes)) {
        stator_fail("uart");
    }
    stator_port_wait_sent();
}

_Noreturn void stator_telemetry_task(void) {
    const uint8_t *frame;
    size_t bytes = stator_monitor_banner_frame(&frame);
    send(frame, bytes);
    bytes = stator_monitor_crash_frame(&frame);
    send(frame, bytes);
    for (uint32_t count = 1;; count++) {
        struct stator_record record;
        stator_port_receive_record(&record);
        bytes = stator_monitor_record_frame(&frame, &record);
        send(frame, bytes);
        if (count % STACKS_EVERY == 0) {
            bytes = stator_monitor_stacks_frame(&frame);
            send(frame, bytes);
        }
    }
}
