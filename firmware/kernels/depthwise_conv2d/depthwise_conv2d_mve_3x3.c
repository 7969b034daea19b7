/* Depthwise 3x3 with stride 1 or 2 for Helium. Eight channels at a time go over a block of lines, with four lines of them in
 * scratch; with stride 1, or along columns, the block is the whole image. What is left of a line of the input is read before a
 * line of outputs that may lie there is written: with stride 1, the output may be the input. With stride 2, blocks grow as the
 * output falls behind the input, and it may begin two lines of outputs before that. */
#include "depthwise_conv2d/depthwise_conv2d_mve_3x3.h"
#include "depthwise_conv2d/depthwise_conv2d.h"

#include <arm_mve.h>

#define SIDE_BY_SIDE 8
#define AHEAD        2 /* lines of outputs */

/* One direction of the image, in pixels. */
struct axis {
    int32_t in, out, stride, before;
    int32_t in_step, out_step; /* from a pixel to the next, in bytes */
};

/* Where the block of lines of outputs that starts with line `first` ends: what other channels still need of the input, and two
 * lines of outputs before that, is not reached (tools/stator/variants/depthwise_conv2d_s8__mve_3x3.py counts on it). */
static int32_t block_end(const struct axis *across, int32_t first) {
    const int32_t line = first * across->stride - across->before;
    const int32_t end = AHEAD + (line > 0 ? line : 0) * across->in_step / across->out_step;
    return end <= first ? first + 1 : end < across->out ? end : across->out;
}

int stator_depthwise_conv2d_s8__mve_3x3(int8_t *out, const int8_t *in, const struct stator_depthwise_conv2d_packed *p,
                                        void *scratch) {
    if (!stator_depthwise_conv2d_packed_valid(out, in, p) || !scratch) {
        return -EINVAL;
    }
    const struct axis rows = {p->in_h, p->out_h, p->stride_h, p->pad_top, p->in_w * p->in_c, p->out_w * p->in_c};
    const struct axis columns = {p->in_w, p->out_w, p->stride_w, p->pad_left, p->in_c, p->in_c};
    const struct axis across = p->transposed ? columns : rows;
    const struct axis along = p->transposed ? rows : columns;
    const int32_t windows = (along.out - 1) * along.stride + 3;
    const int32_t width = windows < along.before + along.in ? along.before + along.in : windows;
    const int32_t pitch = 4 * width + 4;
    const int8x16_t zeros = vdupq_n_s8((int8_t)p->input_zero_point);
    int8_t zero_points[16];
    vstrbq_s8(zero_points, zeros);
    for (int32_t b = 0; b < p->batches; b++) {
        const int8_t *const image = in + b * p->in_h * p->in_w * p->in_c;
        int8_t *const result = out + b * p->out_h * p->out_w * p->in_c;
        for (int32_t first = 0, end; first < across.out; first = end) {
            end = across.stride == 1 || p->transposed ? across.out : block_end(&across, first);
            for (int32_t c = 0; c < p->in_c; c += SIDE_BY_SIDE) {
                struct stator_depthwise_conv2d_mve_lines lines = {
                    .plane = scratch,
                    .stream = p->stream + STATOR_DEPTHWISE_CONV2D_MVE_3X3_WORDS * c,
                    .channels = p->in_c - c < SIDE_BY_SIDE ? p->in_c - c : SIDE_BY_SIDE,
                    .pitch = pitch,
                    .count = along.out,
                    .step = along.out_step,
                    .next = across.out_step,
                };
                int32_t there = first * across.stride;             /* lines of the padded image that are in scratch, or were */
                if (there < across.before || b + first + c == 0) { /* what is beside the image remains so */
                    for (int8_t *at = scratch, *const last = at + SIDE_BY_SIDE * pitch; at < last; at += 16) {
                        vstrbq_s8(at, zeros);
                    }
                    there = there > across.before ? there : across.before;
                }
                for (int32_t line = first, two; line < end; line += 1 + two) {
                    const int32_t top = line * across.stride;
                    two = across.stride == 1 && line + 1 < end;
                    for (; there < top + 3 + two; there++) {
                        const int32_t y = there - across.before;
                        int8_t *const to = (int8_t *)scratch + 4 * along.before + (there & 3);
                        if (y < across.in) {
                            stator_depthwise_conv2d_mve_spread(to, image + y * across.in_step + c, along.in_step, along.in, pitch,
                                                               lines.channels);
                        } else {
                            stator_depthwise_conv2d_mve_spread(to, zero_points, 0, along.in, pitch, lines.channels);
                        }
                    }
                    lines.out = result + line * across.out_step + c;
                    lines.rotated = (top & 2) != 0;
                    if (two) {
                        stator_depthwise_conv2d_mve_two(&lines);
                    } else if (along.stride == 1) {
                        stator_depthwise_conv2d_mve_one(&lines);
                    } else {
                        stator_depthwise_conv2d_mve_one_stride_2(&lines);
                    }
                }
            }
        }
    }
    return 0;
}
