/* The sensor: a recording that the simulated system writes into the two halves, sample by sample. Implements stator/sensor.h. */
#include "stator/common.h"
#include "stator/fail.h"
#include "stator/sensor.h"
#include "stator/stream.h"

#include "riscv_clint/riscv_clint.h"
#include "rtl_system/rtl_system.h"

#include "memory_plan.h"

static uint32_t halves;    /* filled since the start, the missed ones too */
static uint64_t timestamp; /* end of the last of them */

int stator_sensor_init(int16_t *half0, int16_t *half1, uint32_t samples) {
    if (!half0 || !half1 || ((uintptr_t)half0 & 3u) || ((uintptr_t)half1 & 3u) || samples == 0) {
        return -EINVAL;
    }
    if (*rtl_register(RTL_SENSOR_SIGNAL) == 0) {
        stator_fail("no signal in memory: the simulator must load one (stator run does)");
    }
    halves = 0;
    timestamp = 0;
    *rtl_register(RTL_SENSOR_HALF0) = (uint32_t)(uintptr_t)half0;
    *rtl_register(RTL_SENSOR_HALF1) = (uint32_t)(uintptr_t)half1;
    *rtl_register(RTL_SENSOR_SAMPLES) = samples;
    return 0;
}

int stator_sensor_start(void) {
    *rtl_register(RTL_SENSOR_DIVIDER) = STATOR_HALF_TICKS / STATOR_HALF_SAMPLES;
    return 0;
}

void rtl_sensor_interrupt(void) {
    uint32_t entered_at;
    __asm__ volatile("csrr %0, mscratch" : "=r"(entered_at)); /* the trap entry notes there when the interrupt came */
    const uint32_t filled = *rtl_register(RTL_SENSOR_HALVES);
    timestamp += (uint64_t)(filled - halves) * STATOR_HALF_TICKS;
    halves = filled;
    stator_stream_filled((filled - 1u) & 1u, timestamp, entered_at);
}

/* The machine timer is the kernel's alone here. */
void riscv_clint_sample(uint32_t entered_at) {
    (void)entered_at;
    stator_fail("nobody asked for the sampling timer");
}
