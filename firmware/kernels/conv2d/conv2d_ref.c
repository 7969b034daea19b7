/* The oracle: readable, never optimised. */
#include "common/nibbles.h"
#include "common/requantize.h"
#include "common/window.h"
#include "conv2d/conv2d.h"

/* The weight of output channel `o` that stands at `tap` of its row. */
static int32_t weight(const struct stator_conv2d *p, int32_t o, int32_t tap, int four_bits) {
    const int32_t taps = p->kernel_h * p->kernel_w * p->in_c;
    return four_bits ? stator_nibble(p->weights + o * stator_nibble_bytes(taps), tap) : p->weights[o * taps + tap];
}

static int32_t accumulate(const int8_t *image, const struct stator_conv2d *p, int32_t y, int32_t x, int32_t o, int four_bits) {
    int32_t acc = 0;
    for (int32_t ky = 0; ky < p->kernel_h; ky++) {
        for (int32_t kx = 0; kx < p->kernel_w; kx++) {
            const int32_t iy = y * p->stride_h - p->pad_top + ky * p->dilation_h;
            const int32_t ix = x * p->stride_w - p->pad_left + kx * p->dilation_w;
            if (iy < 0 || iy >= p->in_h || ix < 0 || ix >= p->in_w) {
                continue;
            }
            for (int32_t i = 0; i < p->in_c; i++) {
                acc += (image[(iy * p->in_w + ix) * p->in_c + i] - p->input_zero_point) *
                       weight(p, o, (ky * p->kernel_w + kx) * p->in_c + i, four_bits);
            }
        }
    }
    return acc;
}

static int convolve(int8_t *out, const int8_t *in, const struct stator_conv2d *p, int four_bits) {
    if (!stator_conv2d_valid(out, in, p)) {
        return -EINVAL;
    }
    const int32_t pixels = p->batches * p->out_h * p->out_w;
    for (int32_t i = 0; i < pixels; i++) {
        const int32_t pixel = stator_in_order(i, pixels, p->backwards);
        const int32_t x = pixel % p->out_w;
        const int32_t y = pixel / p->out_w % p->out_h;
        const int8_t *image = in + pixel / p->out_w / p->out_h * p->in_h * p->in_w * p->in_c;
        for (int32_t o = 0; o < p->out_c; o++) {
            const int32_t acc = accumulate(image, p, y, x, o, four_bits) + (p->bias ? p->bias[o] : 0);
            const int32_t q = stator_requantize(acc, p->multiplier[o], p->shift[o]) + p->output_zero_point;
            out[pixel * p->out_c + o] = (int8_t)stator_clamp(q, p->activation_min, p->activation_max);
        }
    }
    return 0;
}

int stator_conv2d_s8__ref(int8_t *out, const int8_t *in, const struct stator_conv2d *p) {
    return convolve(out, in, p, 0);
}

int stator_conv2d_s8_s4__ref(int8_t *out, const int8_t *in, const struct stator_conv2d *p) {
    return convolve(out, in, p, 1);
}
