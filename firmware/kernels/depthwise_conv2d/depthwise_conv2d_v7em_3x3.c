/* Depthwise 3x3 with stride 1 for Armv7E-M. Four channels at a time go over the whole image, line by line, with three lines of
 * them widened in scratch. A line of the input is widened before the line before it is written: the output may be the input. */
#include "depthwise_conv2d/depthwise_conv2d_v7em_3x3.h"
#include "depthwise_conv2d/depthwise_conv2d.h"

static void clear(uint32_t *at, int32_t words) {
    for (; words > 0; words--) {
        *at++ = 0;
    }
}

/* As the assembly, but of `channels` bytes per pixel, for what ends with the image. */
static void widen_few(uint32_t *to, const int8_t *from, int32_t step, int32_t count, int32_t zero_point, int32_t channels) {
    for (; count > 0; count--, from += step, to += 2) {
        uint32_t x[4] = {0};
        for (int32_t c = 0; c < channels; c++) {
            x[c] = (uint32_t)(from[c] - zero_point) & 0xffffu;
        }
        to[0] = x[0] | x[2] << 16;
        to[1] = x[1];
    }
}

int stator_depthwise_conv2d_s8__v7em_3x3(int8_t *out, const int8_t *in, const struct stator_depthwise_conv2d_packed *p,
                                         void *scratch) {
    if (!stator_depthwise_conv2d_packed_valid(out, in, p) || !scratch) {
        return -EINVAL;
    }
    const int32_t lines = p->transposed ? p->in_w : p->in_h;
    const int32_t pixels = p->transposed ? p->in_h : p->in_w;
    const int32_t step = p->transposed ? p->in_w * p->in_c : p->in_c;
    const int32_t next = p->transposed ? p->in_c : p->in_w * p->in_c;
    const int32_t words = 2 * (pixels + 2);
    const uint32_t bias = ((uint32_t)-p->input_zero_point & 0xffffu) * 0x10001u;
    uint32_t *before = scratch;
    uint32_t *middle = before + words;
    uint32_t *after = middle + words;
    clear(before, 3 * words);
    for (int32_t b = 0; b < p->batches; b++) {
        const int32_t *stream = p->stream;
        for (int32_t c = 0; c < p->in_c; c += 4, stream += STATOR_DEPTHWISE_CONV2D_V7EM_3X3_WORDS) {
            const int8_t *from = in + b * lines * pixels * p->in_c + c;
            struct stator_depthwise_conv2d_v7em_line line = {
                .stream = stream,
                .step = step,
                .channels = p->in_c - c < 4 ? p->in_c - c : 4,
            };
            int8_t *to = out + (from - in);
            clear(middle + 2, words - 4); /* what is before the first line */
            for (int32_t y = 0; y <= lines; y++) {
                if (y == lines) {
                    clear(after + 2, words - 4);
                } else if (line.channels == 4) {
                    stator_depthwise_conv2d_v7em_widen(after + 2, from, step, pixels, bias);
                } else {
                    widen_few(after + 2, from, step, pixels, p->input_zero_point, line.channels);
                }
                from += next;
                if (y > 0) {
                    line.before = before;
                    line.middle = middle;
                    line.after = after;
                    line.end = before + 2 * pixels;
                    line.out = to;
                    stator_depthwise_conv2d_v7em_line(&line);
                    to += next;
                }
                uint32_t *const spare = before;
                before = middle;
                middle = after;
                after = spare;
            }
        }
    }
    return 0;
}
