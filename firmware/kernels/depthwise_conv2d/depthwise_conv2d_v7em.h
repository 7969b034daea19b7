/* Between depthwise_conv2d_v7em.c, which clips windows, and depthwise_conv2d_v7em.S, which computes a pixel.
 *
 * Stream: per four channels, as words: four biases, doubled; for each tap, row by row, the weights, doubled, as int16: [c0 c2]
 * [c1 c3]; multiplier and shift (to the right) of each channel. Channels that are missing are 0.
 */
#ifndef STATOR_KERNELS_DEPTHWISE_CONV2D_V7EM_H
#define STATOR_KERNELS_DEPTHWISE_CONV2D_V7EM_H

#include <stddef.h>
#include <stdint.h>

struct stator_depthwise_conv2d_v7em_pixel {
    const int8_t *in;      /* channel 0 of the first tap inside */
    const int32_t *stream; /* of the first four channels */
    int32_t stream_bytes;  /* per four channels */
    int32_t first;         /* bytes from the start of four channels' stream to the weights of the first tap inside */
    int32_t rows, columns; /* taps inside; rows is 0 where there is none */
    int32_t skip;          /* bytes of the stream from the last weights of a row to the first of the next */
    int32_t zero_point;    /* of the output */
    int8_t *out;
    const int8_t *out_end;
    int32_t column_step; /* bytes of the input from tap to tap */
    int32_t row_step; /* bytes of the input from the first tap of a row to that of the next; where skip is not 0 or columns not 3,
                         from behind the last tap of a row */
    uint32_t bias;    /* -input_zero_point in both halves */
};

#if defined(__arm__)
_Static_assert(offsetof(struct stator_depthwise_conv2d_v7em_pixel, out_end) == 36, "depthwise_conv2d_v7em.S");
_Static_assert(offsetof(struct stator_depthwise_conv2d_v7em_pixel, bias) == 48, "depthwise_conv2d_v7em.S");
#endif

/* Computes all channels of a pixel, four at a time: they are read before they are written. Reads whole words: up to three bytes
 * behind the last channel of each tap. Stack: 88 bytes. */
void stator_depthwise_conv2d_v7em_pixel(const struct stator_depthwise_conv2d_v7em_pixel *pixel);

#endif
