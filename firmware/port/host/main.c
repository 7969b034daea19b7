/* firmware SIGNAL EVENTS [TIMES]: plays a signal through the monitor on this machine, one event per letter, telemetry on stdout.
 *
 * SIGNAL: a file of int16 counts, whole halves of STATOR_HALF_SAMPLES; after the last comes the first.
 * EVENTS (TIMES over): h  a half is full
 *         m  a half is full while interrupts are off; an h must follow, which stands for both
 *         d  the half after next comes before the next is given back
 *         f  the feature task runs    i  the inference task runs    t  the telemetry task runs
 *         x  a bit of the model's state changes   q  a bit of the column in the queue changes
 *         s  the supervisor runs   w  a tick passes without a half
 *         n  the temperature sensor does not answer any more   a  it answers -5.25 degrees
 *         r  all tasks run until none has anything to do, then the supervisor
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host.h"

#include "stator/clock.h"
#include "stator/fail.h"
#include "stator/health.h"
#include "stator/monitor.h"
#include "stator/uart.h"

#define HALF_BYTES (STATOR_HALF_SAMPLES * sizeof(int16_t))

static int16_t *samples;
static size_t halves;
static size_t next;

static int load(const char *path) {
    FILE *file = fopen(path, "rb");
    if (!file) {
        return -1;
    }
    if (fseek(file, 0, SEEK_END) == 0 && ftell(file) > 0) {
        halves = (size_t)ftell(file) / HALF_BYTES;
        samples = malloc(halves * HALF_BYTES);
        rewind(file);
        halves = samples ? fread(samples, HALF_BYTES, halves, file) : 0;
    }
    (void)fclose(file);
    return halves > 0 ? 0 : -1;
}

const int16_t *stator_host_samples(void) {
    const int16_t *half = samples + next * STATOR_HALF_SAMPLES;
    next = next + 1 == halves ? 0 : next + 1;
    return half;
}

static void event(char what) {
    switch (what) {
    case 'h':
        stator_host_half();
        break;
    case 'd':
        stator_host_half_while_held();
        break;
    case 'm':
        stator_host_half_missed();
        break;
    case 'f':
        (void)stator_host_feature();
        break;
    case 'i':
        (void)stator_host_inference();
        break;
    case 't':
        (void)stator_host_telemetry();
        break;
    case 'r':
        while (stator_host_feature() || stator_host_inference() || stator_host_telemetry()) {
        }
        stator_health_poll();
        break;
    case 's':
        stator_health_poll();
        break;
    case 'x':
        stator_host_flip_state();
        break;
    case 'q':
        stator_host_flip_column();
        break;
    case 'n':
        stator_host_temperature(STATOR_HOST_SILENT);
        break;
    case 'a':
        stator_host_temperature(-525);
        break;
    case 'w':
        stator_host_wait();
        break;
    default:
        stator_fail("unknown event");
    }
}

int main(int count, char **arguments) {
    if (count < 3 || count > 4 || load(arguments[1])) {
        (void)fputs("usage: firmware SIGNAL EVENTS [TIMES] (see firmware/port/host/main.c)\n", stderr);
        return 2;
    }
    stator_clock_start();
    stator_monitor_init();
    stator_health_temperature_init();
    stator_monitor_selftest();
    const uint8_t *frame;
    size_t bytes = stator_monitor_banner_frame(&frame);
    if (stator_uart_send(frame, bytes)) {
        return 1;
    }
    for (long turn = count == 4 ? strtol(arguments[3], NULL, 10) : 1; turn > 0; turn--) {
        for (const char *at = arguments[2]; *at; at++) {
            event(*at);
        }
    }
    free(samples);
    return 0;
}
