#include "nordic_saadc/nordic_saadc.h"

#include "nordic_dppi/nordic_dppi.h"
#include "nordic_timer/nordic_timer.h"

#include "stator/clock.h"
#include "stator/sensor.h"
#include "stator/stream.h"

#include "memory_plan.h"
#include "registers.h"

#define RAM_AT    0x20000000u /* what EasyDMA reaches */
#define RAM_BYTES 0x00080000u
#define TRIES     100000u /* reads of a register, 10 ms or more; the longest wait, calibration, takes less than 1 ms */

static int16_t *halves[2];
static uint32_t half_samples;
static unsigned active; /* the half that the DMA writes */
static unsigned queued; /* the half that RESULT.PTR names, for the next START */
static uint32_t count;  /* of sampling periods, at the last END */
static uint32_t frames; /* halves since the start, the missed ones too */
static uint64_t ticks;  /* of the sampling timer, at the last END */

/* Clears an event and sees to it that the write has arrived. */
static void clear(uint32_t event) {
    stator_write32(SAADC_BASE + event, 0);
    (void)stator_read32(SAADC_BASE + event);
}

static int await(uint32_t event) {
    int late = stator_wait_set(SAADC_BASE + event, 1, TRIES);
    clear(event);
    return late;
}

static void point(unsigned half) {
    queued = half;
    stator_write32(SAADC_BASE + SAADC_RESULT_PTR, STATOR_ADDRESS(halves[half]));
}

static int reachable(const int16_t *half, uint32_t bytes) {
    uint32_t at = STATOR_ADDRESS(half);
    return half && (at & 3u) == 0 && at >= RAM_AT && at - RAM_AT <= RAM_BYTES - bytes;
}

int stator_sensor_init(int16_t *half0, int16_t *half1, uint32_t samples_per_half) {
    if (samples_per_half == 0 || samples_per_half > SAADC_RESULT_MAXCNT_MAXCNT_Msk || !reachable(half0, samples_per_half * 2u) ||
        !reachable(half1, samples_per_half * 2u)) {
        return -EINVAL;
    }
    halves[0] = half0;
    halves[1] = half1;
    half_samples = samples_per_half;
    count = 0;
    frames = 0;
    ticks = 0;

    /* VDD/4 as reference and a gain of 1/2: full scale is VDD/2 either way, so the result follows a ratiometric sensor. */
    stator_write32(SAADC_BASE + SAADC_RESOLUTION, STATOR_FIELD(SAADC_RESOLUTION_VAL, SAADC_RESOLUTION_VAL_12bit));
    stator_write32(SAADC_BASE + SAADC_OVERSAMPLE, STATOR_FIELD(SAADC_OVERSAMPLE_OVERSAMPLE, SAADC_OVERSAMPLE_OVERSAMPLE_Bypass));
    stator_write32(SAADC_BASE + SAADC_SAMPLERATE, 0); /* the SAMPLE task, not the SAADC's own timer */
    for (uint32_t i = 0; i < STATOR_CHANNELS; i++) {
        stator_write32(SAADC_BASE + SAADC_CH_CONFIG(i),
                       STATOR_FIELD(SAADC_CH_CONFIG_RESP, SAADC_CH_CONFIG_RESP_Bypass) |
                           STATOR_FIELD(SAADC_CH_CONFIG_RESN, SAADC_CH_CONFIG_RESN_Bypass) |
                           STATOR_FIELD(SAADC_CH_CONFIG_GAIN, SAADC_CH_CONFIG_GAIN_Gain1_2) | SAADC_CH_CONFIG_REFSEL_Msk |
                           STATOR_FIELD(SAADC_CH_CONFIG_TACQ, SAADC_CH_CONFIG_TACQ_10us) | SAADC_CH_CONFIG_MODE_Msk);
        stator_write32(SAADC_BASE + SAADC_CH_PSELN(i), SAADC_CH_PSELN_PSELN_AnalogInput0 + nordic_saadc_inputs[i].negative);
        stator_write32(SAADC_BASE + SAADC_CH_PSELP(i), SAADC_CH_PSELP_PSELP_AnalogInput0 + nordic_saadc_inputs[i].positive);
    }
    stator_write32(SAADC_BASE + SAADC_ENABLE, SAADC_ENABLE_ENABLE_Msk);

    /* Offset calibration. It may leave samples behind; they go to the first half and are thrown away with it by STOP. */
    stator_write32(SAADC_BASE + SAADC_EVENTS_CALIBRATEDONE, 0);
    stator_write32(SAADC_BASE + SAADC_TASKS_CALIBRATEOFFSET, 1);
    if (await(SAADC_EVENTS_CALIBRATEDONE)) {
        return -EIO;
    }
    stator_write32(SAADC_BASE + SAADC_RESULT_MAXCNT, half_samples);
    point(0);
    stator_write32(SAADC_BASE + SAADC_EVENTS_STARTED, 0);
    stator_write32(SAADC_BASE + SAADC_TASKS_START, 1);
    if (await(SAADC_EVENTS_STARTED)) {
        return -EIO;
    }
    stator_write32(SAADC_BASE + SAADC_EVENTS_STOPPED, 0);
    stator_write32(SAADC_BASE + SAADC_TASKS_STOP, 1);
    if (await(SAADC_EVENTS_STOPPED)) {
        return -EIO;
    }
    clear(SAADC_EVENTS_END); /* STOP sets it too */

    /* The chain; nothing moves before TIMER1 starts. */
    nordic_timer_periodic(TIMER1_BASE, STATOR_SAMPLE_DIVIDER, NORDIC_DPPI_SAMPLE);
    nordic_timer_counter(TIMER2_BASE, NORDIC_DPPI_SAMPLE, NORDIC_DPPI_HALF);
    nordic_dppi_connect(SAADC_BASE + SAADC_SUBSCRIBE_SAMPLE, NORDIC_DPPI_SAMPLE);
    nordic_dppi_connect(SAADC_BASE + SAADC_PUBLISH_END, NORDIC_DPPI_HALF);
    nordic_dppi_connect(SAADC_BASE + SAADC_SUBSCRIBE_START, NORDIC_DPPI_HALF);
    nordic_dppi_enable((1u << NORDIC_DPPI_SAMPLE) | (1u << NORDIC_DPPI_HALF));
    return 0;
}

int stator_sensor_start(void) {
    stator_write32(SAADC_BASE + SAADC_TASKS_START, 1); /* the first half; END starts every later one */
    if (await(SAADC_EVENTS_STARTED)) {
        return -EIO;
    }
    active = 0;
    point(1);
    stator_write32(SAADC_BASE + SAADC_INTENSET, SAADC_INTENSET_END_Msk | SAADC_INTENSET_STARTED_Msk);
    nordic_timer_start(TIMER1_BASE);
    return 0;
}

/* END: the running half is full, and by DPPI the next one has been started already or is about to be. */
static void half_ended(uint32_t entered_at) {
    uint32_t now = nordic_timer_captured(TIMER2_BASE);
    uint32_t passed = now - count;
    count = now;
    const uint32_t half_scans = half_samples / STATOR_CHANNELS;
    frames += passed / half_scans;
    ticks += (uint64_t)passed * STATOR_SAMPLE_DIVIDER;
    /* One half at a time, and the one whose turn it is: anything else means that this interrupt was held up for longer than a
     * half and the DMA has been over the same half twice. Then nothing is handed over until halves and frames agree again; the
     * stream counts what is missing. */
    if (passed == half_scans && ((frames - 1u) & 1u) == active) {
        stator_stream_filled(active, ticks, entered_at);
    }
}

void nordic_saadc_interrupt(void) {
    uint32_t entered_at = stator_clock_now();
    if (stator_read32(SAADC_BASE + SAADC_EVENTS_END)) {
        clear(SAADC_EVENTS_END);
        half_ended(entered_at);
    }
    if (stator_read32(SAADC_BASE + SAADC_EVENTS_STARTED)) {
        clear(SAADC_EVENTS_STARTED);
        active = queued;
        point((frames + 1u) & 1u); /* the running frame has number `frames`, counted from 0; this is for the next one */
    }
}
