/* Depthwise 3x3 with stride 1 for RV32IM. One channel at a time goes over the whole image, line by line, with three lines of it
 * in scratch. A line of the input is gathered before the line before it is written: the output may be the input. */
#include "depthwise_conv2d/depthwise_conv2d_rv32im_3x3.h"
#include "depthwise_conv2d/depthwise_conv2d.h"

#include <string.h>

int stator_depthwise_conv2d_s8__rv32im_3x3(int8_t *out, const int8_t *in, const struct stator_depthwise_conv2d_packed *p,
                                           void *scratch) {
    if (!stator_depthwise_conv2d_packed_valid(out, in, p) || !scratch) {
        return -EINVAL;
    }
    const int32_t lines = p->transposed ? p->in_w : p->in_h;
    const int32_t pixels = p->transposed ? p->in_h : p->in_w;
    const int32_t step = p->transposed ? p->in_w * p->in_c : p->in_c;
    const int32_t next = p->transposed ? p->in_c : p->in_w * p->in_c;
    const int32_t pitch = pixels + 2;
    int8_t *before = scratch;
    int8_t *middle = before + pitch;
    int8_t *after = middle + pitch;
    memset(scratch, p->input_zero_point, (size_t)(3 * pitch));
    for (int32_t b = 0; b < p->batches; b++) {
        const int32_t *stream = p->stream;
        for (int32_t c = 0; c < p->in_c; c++, stream += STATOR_DEPTHWISE_CONV2D_RV32IM_3X3_WORDS) {
            const int8_t *from = in + b * lines * pixels * p->in_c + c;
            int8_t *to = out + (from - in);
            memset(middle, p->input_zero_point, (size_t)pitch); /* what is before the first line */
            for (int32_t y = 0; y <= lines; y++) {
                if (y == lines) {
                    memset(after, p->input_zero_point, (size_t)pitch);
                } else {
                    stator_depthwise_conv2d_rv32im_gather(after + 1, from, step, pixels);
                }
                from += next;
                if (y > 0) {
                    const struct stator_depthwise_conv2d_rv32im_line line = {
                        before, middle, after, to, step, before + pixels, stream, p->output_zero_point == -128};
                    stator_depthwise_conv2d_rv32im_line(&line);
                    to += next;
                }
                int8_t *const spare = before;
                before = middle;
                middle = after;
                after = spare;
            }
        }
    }
    return 0;
}
