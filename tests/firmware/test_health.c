/* sources: firmware/health/march.c firmware/health/drift.c firmware/health/sensor.c firmware/health/crash.c
 * firmware/telemetry/crc32.c flags: -Itests/firmware/health */
#include "stator/health.h"

#include <string.h>

#include "check.h"

#include "stator/crash.h"

#include "memory_plan.h"

uint8_t stator_crash[120] __attribute__((aligned(8)));

static void march_keeps_contents(void) {
    uint32_t memory[70];
    for (uint32_t words = 0; words <= 66; words++) {
        for (uint32_t i = 0; i < 70; i++) {
            memory[i] = i * 0x9e3779b9u;
        }
        CHECK(stator_march(memory + 2, words) == 0);
        for (uint32_t i = 0; i < 70; i++) {
            CHECK(memory[i] == i * 0x9e3779b9u);
        }
    }
}

static void cusum_adds_what_is_above_and_forgets_only_at_zero(void) {
    struct stator_cusum cusum = {0, false};
    for (unsigned i = 0; i < 1000; i++) {
        CHECK(!stator_cusum(&cusum, 10, 10, 50));
    }
    for (unsigned i = 0; i < 5; i++) {
        CHECK(!stator_cusum(&cusum, 20, 10, 50));
    }
    CHECK(stator_cusum(&cusum, 20, 10, 50));
    for (unsigned i = 0; i < 100; i++) {
        CHECK(stator_cusum(&cusum, 200, 10, 50));
    }
    CHECK(cusum.sum == 100); /* not more than twice the limit, so that it can come back */
    for (unsigned i = 0; i < 9; i++) {
        CHECK(stator_cusum(&cusum, 0, 10, 50));
    }
    CHECK(!stator_cusum(&cusum, 0, 10, 50));
}

static void distance_is_the_mean_of_what_is_at_most_eight_spreads(void) {
    static const int8_t centre[2] = {10, -10};
    static const uint8_t weight[2] = {16, 4};
    const struct stator_health_config config = {.centre = centre, .weight = weight, .columns = 2};
    CHECK(stator_distance((const int8_t[]){10, -10}, &config) == 0);
    CHECK(stator_distance((const int8_t[]){11, -18}, &config) == (16 + 32) / 2);
    CHECK(stator_distance((const int8_t[]){-128, 127}, &config) == 128);
}

static void shape_is_of_the_spectrum_and_of_each_envelopes_last(void) {
    const struct stator_health_config config = {.columns = 9, .bands = 3, .envelope = 3};
    uint8_t range;
    int8_t impulses;
    stator_shape((const int8_t[]){127, -128, 5, -99, -99, -10, -99, -99, -13}, &config, &range, &impulses);
    CHECK(range == 255 && impulses == -13);
    stator_shape((const int8_t[]){-1, 2, 2, 100, 100, -128, 100, 100, 127}, &config, &range, &impulses);
    CHECK(range == 3 && impulses == -128);
}

static void sensor_reasons_are_told_apart(void) {
    static int16_t half[STATOR_HALF_SAMPLES];
    const struct stator_health_config config = {.least_range = 4, .offset = 500};
    for (unsigned first = 0; first < 4; first++) {
        for (int i = 0; i < (int)STATOR_HALF_SAMPLES; i++) {
            half[i] = (int16_t)((i * 37) % 101 - 50);
        }
        CHECK(stator_sensor_reasons(half, first, &config) == 0);
        for (unsigned i = 0; i < STATOR_HALF_SAMPLES; i++) {
            half[i] = (int16_t)(half[i] + 700);
        }
        CHECK(stator_sensor_reasons(half, first, &config) == STATOR_HEALTH_OFFSET);
        for (unsigned i = 0; i < STATOR_HALF_SAMPLES; i++) {
            half[i] = i / 4 % 2 ? 2047 : -2048;
        }
        CHECK(stator_sensor_reasons(half, first, &config) == STATOR_HEALTH_CLIPPED);
        for (unsigned i = 0; i < STATOR_HALF_SAMPLES; i++) {
            half[i] = 7;
        }
        CHECK(stator_sensor_reasons(half, first, &config) == STATOR_HEALTH_STUCK);
    }
}

static void last_words_survive_a_reset_and_are_told_once(void) {
    struct stator_crash crash;
    memset(stator_crash, 0x5a, sizeof(stator_crash)); /* power has just come */
    stator_crash_init();
    CHECK(stator_crash_restarts() == 0 && stator_crash_read(&crash) == -ENOENT);
    stator_crash_write("why");
    stator_crash_init();
    CHECK(stator_crash_restarts() == 1 && stator_crash_read(&crash) == 0);
    CHECK(crash.number == 1 && strcmp(crash.why, "why") == 0);
    stator_crash_write("a text that is longer than the forty-eight bytes that are kept of it");
    stator_crash_init();
    CHECK(stator_crash_read(&crash) == 0 && crash.number == 2 && strlen(crash.why) == STATOR_CRASH_WHY - 1);
    stator_crash_clear();
    CHECK(stator_crash_read(&crash) == -ENOENT && stator_crash_restarts() == 2);
}

/* Power that goes away after any byte of a record was written: there is the record before, the new one, or none; never half of
 * one. */
static void a_brown_out_in_the_middle_leaves_whole_records(void) {
    static uint8_t before[120];
    static uint8_t after[120];
    struct stator_crash crash;
    memset(stator_crash, 0, sizeof(stator_crash));
    stator_crash_init();
    stator_crash_write("the first");
    stator_crash_init();
    memcpy(before, stator_crash, sizeof(before));
    stator_crash_write("the second");
    memcpy(after, stator_crash, sizeof(after));
    for (size_t cut = 0; cut <= sizeof(after); cut++) {
        memcpy(stator_crash, after, cut);
        memcpy(stator_crash + cut, before + cut, sizeof(before) - cut);
        CHECK(stator_crash_read(&crash) == 0);
        CHECK(strcmp(crash.why, "the first") == 0 || strcmp(crash.why, "the second") == 0);
    }
}

int main(void) {
    march_keeps_contents();
    cusum_adds_what_is_above_and_forgets_only_at_zero();
    distance_is_the_mean_of_what_is_at_most_eight_spreads();
    shape_is_of_the_spectrum_and_of_each_envelopes_last();
    sensor_reasons_are_told_apart();
    last_words_survive_a_reset_and_are_told_once();
    a_brown_out_in_the_middle_leaves_whole_records();
    return 0;
}
