/* Depthwise convolution for Armv7E-M, pixel by pixel: the window is clipped here, depthwise_conv2d_v7em.S computes. */
#include "depthwise_conv2d/depthwise_conv2d_v7em.h"
#include "common/requantize.h"
#include "common/window.h"
#include "depthwise_conv2d/depthwise_conv2d.h"

/* As the assembly, one channel: for a last pixel of the image behind which nothing may be read. `from`, `stream`: of the
 * channel's four; c: 0..3. */
static void one(const struct stator_depthwise_conv2d_v7em_pixel *p, int8_t *out, const int8_t *from, const int32_t *stream,
                int32_t c) {
    const int16_t *weight = (const int16_t *)(const void *)((const int8_t *)stream + p->first) + (c & 1) * 2 + c / 2;
    const int32_t zero_point = -(int16_t)(p->bias & 0xffffu);
    const int32_t step = p->column_step;
    const int32_t behind = p->skip == 0 && p->columns == 3 ? p->row_step - 3 * step : p->row_step;
    int32_t acc = stream[c];
    const int8_t *x = from + c;
    for (int32_t row = 0; row < p->rows; row++, x += behind, weight += p->skip / 2) {
        for (int32_t column = 0; column < p->columns; column++, x += step, weight += 4) {
            acc += (*x - zero_point) * *weight;
        }
    }
    const int32_t *scale = stream + p->stream_bytes / 4 - 8 + 2 * c;
    int32_t y = stator_requantize_fast(acc / 2, scale[0], -scale[1]) + p->zero_point;
    y = y < INT8_MIN ? INT8_MIN : y;
    y = y > INT8_MAX ? INT8_MAX : y;
    out[c] = (int8_t)y;
}

static void few(const struct stator_depthwise_conv2d_v7em_pixel *p) {
    int8_t *out = p->out;
    const int8_t *from = p->in;
    const int32_t *stream = p->stream;
    for (; out < p->out_end; out += 4, from += 4, stream += p->stream_bytes / 4) {
        for (int32_t c = 0; c < 4 && out + c < p->out_end; c++) {
            one(p, out, from, stream, c);
        }
    }
}

int stator_depthwise_conv2d_s8__v7em(int8_t *out, const int8_t *in, const struct stator_depthwise_conv2d_packed *p,
                                     void *scratch) {
    if (!stator_depthwise_conv2d_packed_valid(out, in, p)) {
        return -EINVAL;
    }
    (void)scratch; /* takes none */
    const int32_t step = p->backwards ? -1 : 1;
    const int32_t pitch = p->in_w * p->in_c;
    struct stator_depthwise_conv2d_v7em_pixel pixel = {
        .stream = p->stream,
        .stream_bytes = 48 + 8 * p->kernel_h * p->kernel_w,
        .zero_point = p->output_zero_point,
        .column_step = p->dilation_w * p->in_c,
        .bias = ((uint32_t)-p->input_zero_point & 0xffffu) * 0x10001u,
    };
    for (int32_t i = 0; i < p->batches; i++) {
        const int32_t b = stator_in_order(i, p->batches, p->backwards);
        const int8_t *const image = in + b * p->in_h * pitch;
        for (int32_t j = 0; j < p->out_h; j++) {
            const int32_t y = stator_in_order(j, p->out_h, p->backwards);
            const struct stator_taps rows = stator_taps_inside(y * p->stride_h - p->pad_top, p->kernel_h, p->dilation_h, p->in_h);
            int32_t x = stator_in_order(0, p->out_w, p->backwards);
            pixel.out = out + ((b * p->out_h + y) * p->out_w + x) * p->in_c;
            for (int32_t left = p->out_w; left > 0; left--, x += step, pixel.out += step * p->in_c) {
                const struct stator_taps columns =
                    stator_taps_inside(x * p->stride_w - p->pad_left, p->kernel_w, p->dilation_w, p->in_w);
                pixel.in = image + rows.at * pitch + columns.at * p->in_c;
                pixel.out_end = pixel.out + p->in_c;
                pixel.first = 16 + 8 * (rows.first * p->kernel_w + columns.first);
                pixel.rows = columns.count > 0 ? rows.count : 0;
                pixel.columns = columns.count;
                pixel.skip = 8 * (p->kernel_w - columns.count);
                pixel.row_step = p->dilation_h * pitch;
                if (pixel.skip != 0 || columns.count != 3) {
                    pixel.row_step -= columns.count * pixel.column_step;
                }
                const int32_t last =
                    (rows.at + (rows.count - 1) * p->dilation_h) * p->in_w + columns.at + (columns.count - 1) * p->dilation_w;
                if ((p->in_c & 3) != 0 && last == p->in_h * p->in_w - 1) {
                    few(&pixel);
                } else {
                    stator_depthwise_conv2d_v7em_pixel(&pixel);
                }
            }
        }
    }
    return 0;
}
