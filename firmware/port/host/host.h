/* The monitor on this machine, one event at a time: nothing runs until it is told to, so that a test decides who is late. */
#ifndef STATOR_HOST_H
#define STATOR_HOST_H

#include <stdbool.h>
#include <stdint.h>

/* Implemented by the program: the next STATOR_HALF_SAMPLES samples of the signal. */
const int16_t *stator_host_samples(void);

/* The "DMA": copies the next samples into the half whose turn it is and calls the stream, as an interrupt would. */
void stator_host_half(void);

/* A tick passes, and no half comes. */
void stator_host_wait(void);

/* A half passes while interrupts are off: the next stator_host_half() stands for both, and comes before any task runs. */
void stator_host_half_missed(void);

/* Just before the next half is given back, the half after comes. */
void stator_host_half_while_held(void);

/* One bit changes by itself: of what the model knows of the past, or of the column that waits in the queue. */
void stator_host_flip_state(void);
void stator_host_flip_column(void);

/* What the temperature sensor answers from now on, in hundredths of a degree; STATOR_HOST_SILENT: nothing. */
#define STATOR_HOST_SILENT INT32_MIN
void stator_host_temperature(int32_t hundredths);

/* One turn of a task. False if it had nothing to do. */
bool stator_host_feature(void);
bool stator_host_inference(void);
bool stator_host_telemetry(void);

#endif
