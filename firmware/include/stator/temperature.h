/* A temperature sensor. One driver per image implements this where board.yml names one (`temperature`). The supervisor asks it at
 * a slow pace (firmware/health/temperature.c); nothing on the way of a sample waits for it. */
#ifndef STATOR_TEMPERATURE_H
#define STATOR_TEMPERATURE_H

#include "stator/common.h"

/* Prepares it: before the tasks, after stator_sensor_init() and before stator_sensor_start(). Does not block.
 * Returns 0; -ENODEV: this image has none after all, and it must not be asked. */
STATOR_MUST_CHECK int stator_temperature_init(void);

/* Begins a reading, and gives up one that is still under way. Task context; waits for nothing but the bits of a bus that the core
 * moves itself. */
void stator_temperature_start(void);

/* What the reading that was begun 100 ms ago or more gave, in hundredths of a degree Celsius. Task context; does not block.
 * Returns 0; -EIO: no answer, or not a whole one. */
STATOR_MUST_CHECK int stator_temperature_take(int32_t *hundredths);

#endif
