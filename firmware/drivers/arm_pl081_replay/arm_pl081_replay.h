/* A sensor made of a timer, a DMA controller and a recording (replay.h). Implements stator/sensor.h.
 *
 * Once per half the timer's interrupt starts the DMA, which copies the samples of the past half period into the buffer half;
 * its terminal-count interrupt hands the half over. */
#ifndef ARM_PL081_REPLAY_H
#define ARM_PL081_REPLAY_H

#include <stdint.h>

/* Given by the board: the sampling timer, a CMSDK timer clocked with STATOR_SAMPLE_CLOCK_HZ. */
extern const uintptr_t arm_pl081_replay_timer;

/* The board puts them into its vector table. */
void arm_pl081_replay_timer_interrupt(void);
void arm_pl081_replay_dma_interrupt(void);

#endif
