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
    int8_t *const nothing = scratch; /* what is before the first line and behind the last */
    struct stator_depthwise_conv2d_rv32im_line line = {.step = step, .positive = p->output_zero_point == -128};
    memset(scratch, p->input_zero_point, (size_t)(4 * pitch));
    for (int32_t b = 0; b < p->batches; b++) {
        line.stream = p->stream;
        for (int32_t c = 0; c < p->in_c; c++, line.stream += STATOR_DEPTHWISE_CONV2D_RV32IM_3X3_WORDS) {
            int8_t *before = nothing + pitch;
            int8_t *middle = before + pitch;
            int8_t *after = middle + pitch;
            const int8_t *from = in + b * lines * pixels * p->in_c + c;
            line.out = out + (from - in);
            line.before = nothing;
            stator_depthwise_conv2d_rv32im_gather(middle + 1, from, step, pixels);
            for (int32_t y = 1; y <= lines; y++, line.out += next) {
                line.after = nothing;
                if (y < lines) {
                    from += next;
                    stator_depthwise_conv2d_rv32im_gather(after + 1, from, step, pixels);
                    line.after = after;
                }
                line.middle = middle;
                line.end = line.before + pixels;
                stator_depthwise_conv2d_rv32im_line(&line);
                line.before = middle;
                int8_t *const spare = before;
                before = middle;
                middle = after;
                after = spare;
            }
        }
    }
    return 0;
}
