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

/* Samples of a frame, which the model's yml asks for (input: block). */
#if !defined(STATOR_FRAME_SAMPLES)
#define STATOR_FRAME_SAMPLES 1024u
#endif

/* Samples in one half of the DMA double buffer: a frame. */
#define STATOR_HALF_SAMPLES STATOR_FRAME_SAMPLES

#endif
