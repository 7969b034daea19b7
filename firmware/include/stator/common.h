/* Words that every header of Stator uses. Return codes are 0 or a negative value of <errno.h>. */
#ifndef STATOR_COMMON_H
#define STATOR_COMMON_H

#include <errno.h>
#include <stddef.h>
#include <stdint.h>

/* The caller must look at the return code. */
#define STATOR_MUST_CHECK __attribute__((warn_unused_result))

/* A variable that is written before the tasks start and never after: the supervisor sums all of them, over and over. */
#define STATOR_FIXED __attribute__((section("stator_fixed")))

/* What the model's yml asks of the sensor (input: block, decimation, channels): samples of a frame, scans for each of them, and
 * samples of a scan, one of each channel. */
#if !defined(STATOR_FRAME_SAMPLES)
#define STATOR_FRAME_SAMPLES 1024u
#endif
#if !defined(STATOR_DECIMATION)
#define STATOR_DECIMATION 1u
#endif
#if !defined(STATOR_CHANNELS)
#define STATOR_CHANNELS 1u
#endif

/* One half of the DMA double buffer: a frame of every channel, scan after scan. */
#define STATOR_HALF_SCANS   (STATOR_FRAME_SAMPLES * STATOR_DECIMATION)
#define STATOR_HALF_SAMPLES (STATOR_HALF_SCANS * STATOR_CHANNELS)

#endif
