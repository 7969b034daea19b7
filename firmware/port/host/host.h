/* The monitor on this machine, one event at a time: nothing runs until it is told to, so that a test decides who is late. */
#ifndef STATOR_HOST_H
#define STATOR_HOST_H

#include <stdbool.h>
#include <stdint.h>

/* The "DMA": copies STATOR_HALF_SAMPLES samples into the half whose turn it is and calls the stream, as an interrupt would. */
void stator_host_half(const int16_t *samples);

/* An interrupt was missed: the half passes, nobody is told. */
void stator_host_half_missed(const int16_t *samples);

/* The next stator_features_run() is interrupted, after it has read its samples, by this half. */
void stator_host_half_during_features(const int16_t *samples);

/* One turn of a task. False if it had nothing to do. */
bool stator_host_feature(void);
bool stator_host_inference(void);
bool stator_host_telemetry(void);

#endif
