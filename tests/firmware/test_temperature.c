/* sources: firmware/health/temperature.c firmware/drivers/tmp102/tmp102.c */
#include <stdbool.h>

#include "check.h"

#include "stator/health.h"
#include "stator/temperature.h"
#include "tmp102/tmp102.h"

const uint8_t tmp102_address = 0x48;

static int status;
static uint8_t answer[TMP102_BYTES];
static unsigned questions;

void tmp102_bus_init(void) {}

void tmp102_bus_start(void) {
    questions++;
}

int tmp102_bus_take(uint8_t bytes[TMP102_BYTES]) {
    bytes[0] = answer[0];
    bytes[1] = answer[1];
    return status;
}

static int32_t taken(uint8_t high, uint8_t low) {
    int32_t hundredths = 0;
    answer[0] = high;
    answer[1] = low;
    CHECK(stator_temperature_take(&hundredths) == 0);
    return hundredths;
}

/* TMP102's data sheet, its table of temperatures in 12 bits. */
static void registers_are_degrees(void) {
    CHECK(taken(0x7f, 0xf0) == 12793);
    CHECK(taken(0x64, 0x00) == 10000);
    CHECK(taken(0x4b, 0x00) == 7500);
    CHECK(taken(0x00, 0x40) == 25);
    CHECK(taken(0x00, 0x00) == 0);
    CHECK(taken(0xff, 0xc0) == -25);
    CHECK(taken(0xe7, 0x00) == -2500);
    CHECK(taken(0xc9, 0x00) == -5500);
}

static void it_is_asked_once_a_second_and_never_waited_for(void) {
    int32_t now = 0;
    answer[0] = 0x19;
    status = 0;
    questions = 0;
    stator_health_temperature_init();
    CHECK(stator_health_temperature(&now) == -EIO);
    for (uint32_t tick = 1; tick <= 10; tick++) {
        CHECK(stator_health_temperature_step(tick));
    }
    CHECK(questions == 1 && stator_health_temperature(&now) == -EIO);
    CHECK(stator_health_temperature_step(11));
    CHECK(questions == 2 && stator_health_temperature(&now) == 0 && now == 2500);
    CHECK(stator_health_temperature_step(45)); /* ticks that nobody looked at are no more questions */
    CHECK(questions == 3);
}

static void no_answer_and_an_impossible_one_are_the_same(void) {
    int32_t now = 0;
    static const struct {
        int status;
        uint8_t high;
    } bad[] = {{-EIO, 0x19}, {0, 0x80}, {0, 0xc8}};
    uint32_t tick = 45;
    for (unsigned i = 0; i < 3; i++) {
        for (unsigned failures = 1; failures <= 4; failures++) {
            status = bad[i].status;
            answer[0] = bad[i].high;
            CHECK(stator_health_temperature_step(tick += 10) == (failures < 3));
            CHECK(stator_health_temperature(&now) == -EIO);
        }
        status = 0;
        answer[0] = 0x19;
        CHECK(stator_health_temperature_step(tick += 10));
        CHECK(stator_health_temperature(&now) == 0 && now == 2500);
    }
}

int main(void) {
    registers_are_degrees();
    it_is_asked_once_a_second_and_never_waited_for();
    no_answer_and_an_impossible_one_are_the_same();
    return 0;
}
