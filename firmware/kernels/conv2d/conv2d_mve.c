/* Convolution for Helium: pairs of output pixels in a row. Here their windows are found; conv2d_mve.S computes.
 *
 * Windows that lie in the image, with the bytes that are read behind their rows, are read where they lie, a run of pairs in one
 * call. Others, at borders, and those that would take many short rows, are gathered in scratch first. A pair's windows are read
 * while its pixels are written.
 */
#include "conv2d/conv2d_mve.h"
#include "common/window.h"
#include "conv2d/conv2d.h"

#include <arm_mve.h>

#define VECTOR 16 /* bytes */

/* What of a row can be read where it lies: from pair `first` to before pair `end`, and a last single pixel, which is one more
 * pair. */
struct run {
    int32_t first, end, single;
};

/* Puts the window of pixel (y, x) together, rows `pitch` bytes apart in `vectors` vectors. */
static void gather(const struct stator_conv2d_packed *p, int8_t *to, const int8_t *image, int32_t y, int32_t x, int32_t pitch,
                   int32_t vectors) {
    const struct stator_taps rows = stator_taps_inside(y * p->stride_h - p->pad_top, p->kernel_h, p->dilation_h, p->in_h);
    const struct stator_taps columns = stator_taps_inside(x * p->stride_w - p->pad_left, p->kernel_w, 1, p->in_w);
    if (rows.count < p->kernel_h || columns.count < p->kernel_w) {
        for (int32_t i = 0; i < vectors; i++) {
            vstrbq_s8(to + VECTOR * i, vdupq_n_s8((int8_t)p->input_zero_point));
        }
        if (rows.count == 0 || columns.count == 0) {
            return;
        }
    }
    stator_conv2d_mve_gather(to + rows.first * pitch + columns.first * p->in_c,
                             image + (rows.at * p->in_w + columns.at) * p->in_c, columns.count * p->in_c, rows.count, pitch,
                             p->dilation_h * p->in_w * p->in_c);
}

/* Of row y, what lies in the image. `bytes`: what is read of a window's row. */
static struct run inside(const struct stator_conv2d_packed *p, int32_t y, int32_t bytes) {
    const int32_t top = y * p->stride_h - p->pad_top;
    const int32_t last = top + (p->kernel_h - 1) * p->dilation_h;
    if (top < 0 || last >= p->in_h) {
        return (struct run){0, 0, 0};
    }
    const int32_t room = (p->in_h - last) * p->in_w * p->in_c - bytes; /* behind the start of the window's last row */
    int32_t right = p->in_w - p->kernel_w;
    right = right * p->in_c > room ? (room < 0 ? -1 : room / p->in_c) : right;
    if (right + p->pad_left < 0) {
        return (struct run){0, 0, 0};
    }
    const int32_t most = (right + p->pad_left) / p->stride_w;
    const int32_t pixels = most + 1 < p->out_w ? most + 1 : p->out_w;
    const int32_t first = (p->pad_left + p->stride_w - 1) / p->stride_w;
    return (struct run){(first + 1) / 2, pixels / 2, pixels == p->out_w && (pixels & 1) && first < pixels};
}

int stator_conv2d_s8__mve(int8_t *out, const int8_t *in, const struct stator_conv2d_packed *p, void *scratch) {
    if (!stator_conv2d_packed_valid(out, in, p)) {
        return -EINVAL;
    }
    const int32_t rows = p->stream[1];
    const int32_t steps = p->stream[2];
    const int32_t pitch = p->dilation_h * p->in_w * p->in_c;
    const int32_t bytes = steps * VECTOR;
    const int32_t gathered_pitch = rows == 1 ? p->kernel_w * p->in_c : bytes;
    const int32_t blocks = (p->out_w + 1) / 2;
    const int32_t direct = rows == p->kernel_h;
    const int32_t order = p->backwards ? -1 : 1;
    int8_t *const spare = scratch;
    struct stator_conv2d_mve_pairs pairs = {
        .rows = rows,
        .first_turns = (steps + 2) / 4,
        .turns = (steps + 3) / 4,
        .first_entry = -(steps - 1) & 3,
        .entry = -steps & 3,
        .power = p->stream[0],
        .channels = p->out_c,
        .stream = p->stream + STATOR_CONV2D_MVE_HEADER,
        .zero_point = p->output_zero_point,
        .window_step = 2 * order * p->stride_w * p->in_c,
        .out_step = 2 * order * p->out_c,
    };
    if (steps == 1) { /* past the loop's vectors */
        pairs.first_entry = 4;
    }
    for (int32_t i = 0; i < p->batches; i++) {
        const int32_t b = stator_in_order(i, p->batches, p->backwards);
        const int8_t *const image = in + b * p->in_h * p->in_w * p->in_c;
        for (int32_t j = 0; j < p->out_h; j++) {
            const int32_t y = stator_in_order(j, p->out_h, p->backwards);
            const struct run run = direct ? inside(p, y, bytes) : (struct run){0, 0, 0};
            for (int32_t k = 0; k < blocks;) {
                const int32_t block = stator_in_order(k, blocks, p->backwards);
                const int32_t x = 2 * block;
                const int32_t one = x + 1 == p->out_w;
                pairs.out = out + ((b * p->out_h + y) * p->out_w + x) * p->out_c;
                pairs.other_out = one ? pairs.out : pairs.out + p->out_c;
                if (one ? run.single : block >= run.first && block < run.end) {
                    pairs.first = image + ((y * p->stride_h - p->pad_top) * p->in_w + x * p->stride_w - p->pad_left) * p->in_c;
                    pairs.second = one ? pairs.first : pairs.first + p->stride_w * p->in_c;
                    pairs.skip = pitch - bytes;
                    pairs.count = one ? 1 : p->backwards ? block - run.first + 1 : run.end - block;
                } else {
                    gather(p, spare, image, y, x, gathered_pitch, rows * steps);
                    pairs.first = pairs.second = spare;
                    if (!one) {
                        pairs.second = spare + rows * bytes;
                        gather(p, spare + rows * bytes, image, y, x + 1, gathered_pitch, rows * steps);
                    }
                    pairs.skip = 0;
                    pairs.count = 1;
                }
                k += pairs.count;
                stator_conv2d_mve_pairs(&pairs);
            }
        }
    }
    return 0;
}
