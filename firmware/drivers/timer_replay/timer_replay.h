/* A sensor made of a timer and a recording (replay.h), for boards without a DMA controller. Implements stator/sensor.h.
 *
 * Once per half the timer's interrupt itself copies the samples into the buffer half. That is the one thing it does beyond
 * handing over, and it costs instructions that a chip with DMA does not spend. */
#ifndef TIMER_REPLAY_H
#define TIMER_REPLAY_H

#include <stdint.h>

/* The timer's interrupt; the board puts it into its vector table. */
void timer_replay_interrupt(void);

/* Given by the board: a timer clocked with STATOR_SAMPLE_CLOCK_HZ. */
void timer_replay_start(uint32_t period); /* from now on an interrupt every so many of its clocks, however late it is served */
void timer_replay_clear(void);            /* acknowledges one */

#endif
