#include "tmp102/tmp102.h"

#include "stator/temperature.h"

int stator_temperature_init(void) {
    tmp102_bus_init();
    return 0;
}

void stator_temperature_start(void) {
    tmp102_bus_start();
}

int stator_temperature_take(int32_t *hundredths) {
    uint8_t bytes[TMP102_BYTES];
    if (tmp102_bus_take(bytes)) {
        return -EIO;
    }
    int16_t steps = (int16_t)(uint16_t)(bytes[0] << 8 | bytes[1]); /* of 1/256, the lowest four bits 0 */
    *hundredths = steps * 25 / 64;
    return 0;
}
