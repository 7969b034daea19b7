#include "stator/clock.h"
#include "stator/crash.h"
#include "stator/fail.h"
#include "stator/health.h"
#include "stator/monitor.h"
#include "stator/port.h"
#include "stator/sensor.h"
#include "stator/uart.h"
#include "stator/watchdog.h"

#include "memory_plan.h"

/* Who this image is, for whoever reads the flash: text at a fixed place, the section `.stator_image` behind the vectors. */
const char stator_image[] __attribute__((section(".stator_image"), used)) =
    "stator version=" STATOR_VERSION " board=" STATOR_BOARD_NAME " model=" STATOR_MODEL_NAME " sha256=" STATOR_MODEL_SHA256;

int main(void) {
    stator_watchdog_start();
    stator_crash_init();
    stator_uart_init();
    stator_clock_start();
    stator_monitor_init();
    if (stator_sensor_init(stator_half0, stator_half1, STATOR_HALF_SAMPLES)) {
        stator_fail("sensor does not answer");
    }
#ifdef STATOR_TEMPERATURE
    stator_health_temperature_init();
#endif
    stator_port_start();
}
