/* The image in flash: everything from the vectors to its sum, which the build writes behind the rest (stator.image_sum). */
#ifndef STATOR_IMAGE_H
#define STATOR_IMAGE_H

#include <stdint.h>

/* Given by start-up; on a machine without flash both are equal. */
extern const uint8_t *const stator_image_begin;
extern const uint8_t *const stator_image_end;

/* CRC-32 of what lies between. */
extern const uint32_t stator_image_sum;

#endif
