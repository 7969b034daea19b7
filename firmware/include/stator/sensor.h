/* The sampling chain of a board: sampling timer -> ADC -> DMA -> two halves. One driver per image implements this.
 *
 * The halves belong to the driver from start on. When one has been filled, the driver's interrupt calls
 * stator_stream_filled() (stream.h) and does nothing else: it never blocks and never looks at a sample.
 */
#ifndef STATOR_SENSOR_H
#define STATOR_SENSOR_H

#include "stator/common.h"

/* Prepares timer, ADC and DMA for two halves of `samples` int16 each (ADC counts; memory that DMA can reach,
 * aligned to 4 bytes). Not callable from an interrupt; does not block.
 * Returns 0; -EINVAL (null, misaligned, or samples out of the DMA's range); -EIO (the hardware did not answer). */
STATOR_MUST_CHECK int stator_sensor_init(int16_t *half0, int16_t *half1, uint32_t samples);

/* Starts sampling at the rate in memory_plan.h (STATOR_SAMPLE_DIVIDER of STATOR_SAMPLE_CLOCK_HZ).
 * Returns 0, or -EIO. */
STATOR_MUST_CHECK int stator_sensor_start(void);

#endif
