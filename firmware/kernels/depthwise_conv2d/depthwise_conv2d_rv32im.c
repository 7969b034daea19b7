/* Depthwise convolution for RV32IM where no window leaves the image, pixel by pixel. */
#include "depthwise_conv2d/depthwise_conv2d_rv32im.h"
#include "depthwise_conv2d/depthwise_conv2d.h"

int stator_depthwise_conv2d_s8__rv32im(int8_t *out, const int8_t *in, const struct stator_depthwise_conv2d_packed *p,
                                       void *scratch) {
    if (!stator_depthwise_conv2d_packed_valid(out, in, p) || !scratch) {
        return -EINVAL;
    }
    struct stator_depthwise_conv2d_rv32im_pixel pixel = {
        .stream = p->stream,
        .to = out,
        .channels = p->in_c,
        .rows = p->kernel_h,
        .columns = p->kernel_w,
        .step = p->dilation_w * p->in_c,
    };
    const int32_t pitch = p->dilation_h * p->in_w * p->in_c;
    if (p->kernel_w == 1) { /* a column of taps goes as a row */
        pixel.rows = 1;
        pixel.columns = p->kernel_h;
        pixel.step = pitch;
    }
    pixel.next = pitch - pixel.columns * pixel.step;
    for (int32_t b = 0; b < p->batches; b++, in += p->in_h * p->in_w * p->in_c) {
        for (int32_t y = 0; y < p->out_h; y++) {
            pixel.from = in + y * p->stride_h * p->in_w * p->in_c;
            for (int32_t x = 0; x < p->out_w; x++, pixel.to += p->in_c, pixel.from += p->stride_w * p->in_c) {
                stator_depthwise_conv2d_rv32im_pixel(&pixel);
            }
        }
    }
    return 0;
}
