/* Whether what the firmware says may be believed: self-test, sensor checks, drift, and the supervisor that feeds the watchdog.
 *
 * Each record carries stator_health_word(). A reason stands in it until its cause is gone; flash, RAM and the known answer stay
 * until a reset. What cannot be gone on with ends in stator_fail(), whose words survive the reset (crash.h). docs/health.md has
 * states, limits and measured times. No RTOS, no register, no heap; who writes what is said beside each function.
 */
#ifndef STATOR_HEALTH_H
#define STATOR_HEALTH_H

#include <stdbool.h>

#include "stator/common.h"

/* Reasons of not being well. */
#define STATOR_HEALTH_STARTING    0x0001u /* the power-on self-test is not through */
#define STATOR_HEALTH_FLASH       0x0002u /* the image's sum is wrong */
#define STATOR_HEALTH_RAM         0x0004u /* a march found a word that does not hold what is written */
#define STATOR_HEALTH_ANSWER      0x0008u /* the known answer is wrong */
#define STATOR_HEALTH_MEMORY      0x0010u /* the model's state, decision or a queue's item changed by itself; for 64 frames */
#define STATOR_HEALTH_LOST        0x0020u /* a half gave no record; for 64 frames */
#define STATOR_HEALTH_DEAD        0x0040u /* no half comes */
#define STATOR_HEALTH_STUCK       0x0080u /* the samples hardly move */
#define STATOR_HEALTH_CLIPPED     0x0100u /* samples at the ends of the ADC's range */
#define STATOR_HEALTH_OFFSET      0x0200u /* the mean is far from where it should be */
#define STATOR_HEALTH_CLOCK       0x0400u /* sampling timer and tick disagree */
#define STATOR_HEALTH_DRIFT       0x0800u /* features unlike any that the model was trained with */
#define STATOR_HEALTH_CONFIDENCE  0x1000u /* the model is not sure of what it says, and has not been for long */
#define STATOR_HEALTH_TEMPERATURE 0x2000u /* the temperature sensor does not answer */
#define STATOR_HEALTH_REASONS     0x3fffu

/* What is compared with, from the compiler: the known answer always, limits where model.yml has `health`. */
struct stator_health_config {
    const int8_t *answer;  /* first and second output of the known input, one after the other */
    const int8_t *centre;  /* per column; NULL: no limits */
    const uint8_t *weight; /* per column: 16 / spread, at most 255 */
    uint16_t columns;      /* of both */
    uint16_t usual;        /* distance that is not counted, 1/16 of a spread */
    uint32_t drift_limit;  /* of the sum of what is above */
    uint32_t doubt_limit;  /* of the sum of what confidence is below its floor */
    uint16_t flat_limit;   /* of the sum of what the spectrum's range is below `flattest` */
    uint16_t steady_limit; /* of the sum of what the envelopes' impulses are below `steadiest` */
    uint8_t bands;         /* columns of the spectrum, which come first */
    uint8_t envelope;      /* columns of an envelope, of which the last tells its impulses; 0: no limits of shape */
    uint8_t flattest;      /* range of the spectrum's columns */
    int8_t steadiest;      /* least impulses of all envelopes */
    uint16_t least_range;  /* largest minus smallest sample */
    uint16_t offset;       /* of the mean from the middle of the ADC's range, counts */
    uint8_t confidence;    /* floor, 0 to 255 */
};
extern const struct stator_health_config stator_health_config;
extern const int16_t stator_health_question[STATOR_HALF_SAMPLES]; /* the known input of a model that takes samples */

/* Reasons in the lower half, their complement in the upper: a word that does not agree with itself is not well. Any task. */
uint32_t stator_health_word(void);

/* Whole self-tests since start: each is one pass over flash and RAM and one known answer. Modulo 2^16. Any task. */
uint16_t stator_health_rounds(void);

/* Power-on self-test of flash and arena, whose contents are lost. Before the tasks, and before the model's init. */
void stator_health_init(void);

/* The port's tick, STATOR_HEALTH_TICK_HZ: interrupt context, does not block. It goes on whatever the sensor does, and notes how
 * many halves there were. */
#define STATOR_HEALTH_TICK_HZ 10u
void stator_health_tick_from_isr(void);

/* The idle task: does nothing until the tick has gone on, then one step: a slice of flash, kernel objects, stacks, who is alive,
 * clocks; feeds the watchdog if all is as it must be. Does not block. */
void stator_health_poll(void);

/* Where board.yml names a temperature sensor. Before the tasks, after stator_sensor_init(). */
void stator_health_temperature_init(void);

/* Supervisor, at each tick: asks the sensor once a second. False: it has not answered for some seconds. */
bool stator_health_temperature_step(uint32_t tick);

/* The newest temperature, in hundredths of a degree Celsius. Any task. 0; -EIO: there is none now; -ENODEV: the image has no
 * sensor. */
STATOR_MUST_CHECK int stator_health_temperature(int32_t *hundredths);

/* Feature task: looks at a half. Every fourth scan, another one in turn. */
void stator_health_half(const int16_t *samples, uint32_t sequence);

/* Inference task: a column of features and the confidence of what the model made of it. */
void stator_health_decided(const int8_t *column, uint8_t confidence);

/* Inference task, between two runs: a slice of the march over the arena, whose contents stay. */
void stator_health_march(void);

/* Inference task: whether it is time for the known answer, and how it was. */
bool stator_health_answer_due(void);
void stator_health_answered(bool right);

/* Inference task: the model's state, decision or an item was found changed. Told for 64 frames. */
void stator_health_memory(void);

/* Each task when it is through with a half, by its sequence number. */
enum stator_health_task { STATOR_HEALTH_FEATURE, STATOR_HEALTH_INFERENCE, STATOR_HEALTH_TELEMETRY, STATOR_HEALTH_TASKS };
void stator_health_alive(enum stator_health_task task, uint32_t sequence);

/* The parts, for tests. */

/* March C- over `words` words, a few at a time, contents kept. 0, or -EIO: a cell does not hold what is written to it. */
STATOR_MUST_CHECK int stator_march(volatile uint32_t *memory, size_t words);

/* A one-sided cumulative sum (Page 1954): adds `value` less `usual`, never below 0, never above twice `limit`.
 * Says whether it is above the limit, and goes on saying so until it is back at 0. */
struct stator_cusum {
    uint32_t sum;
    bool above;
};
bool stator_cusum(struct stator_cusum *cusum, uint32_t value, uint32_t usual, uint32_t limit);

/* Mean distance of a column from the centre, in 1/16 of each column's spread; each at most 8 spreads. */
uint32_t stator_distance(const int8_t *column, const struct stator_health_config *config);

/* What no machine sounds like, though its columns are near their means: a spectrum flatter than any, as white noise has it, or an
 * envelope steadier than any, as of one tone. The spectrum's largest less smallest column, and the least of the impulses. */
void stator_shape(const int8_t *column, const struct stator_health_config *config, uint8_t *range, int8_t *impulses);

/* Reasons of one channel of a half, whose first sample `samples` is, of STATOR_HEALTH_STUCK, CLIPPED, OFFSET: every fourth scan
 * from `first` (0 to 3). */
uint32_t stator_sensor_reasons(const int16_t *samples, unsigned first, const struct stator_health_config *config);

#endif
