/* Portable C for cores of 32 bits: products are summed in 32 bits as long as that cannot overflow, and four output channels that
 * see the same input share each load of it. */
#include "common/requantize.h"
#include "wide_conv2d/wide_conv2d.h"

/* Products of int16 and int8 that 32 bits hold for certain: 511 * 2^22 < 2^31. */
enum { TERMS = 511 };

/* The window as runs: consecutive elements of the image, and of each row of weights. */
struct runs {
    const int16_t *in;     /* the first element of group 0 */
    const int8_t *weights; /* likewise of output channel 0 */
    int32_t elements;      /* per run */
    int32_t per_row, rows;
    int32_t step, row_step;               /* from run to run, and from row to row, in the image */
    int32_t weight_step, weight_row_step; /* in the weights */
    int32_t pitch;                        /* from a row of weights to the next */
};

static struct runs runs_of(const int16_t *in, const struct stator_wide_conv2d *p, const struct stator_window *window) {
    const struct stator_windows *w = &p->over;
    struct runs r = {
        .in = in + window->at,
        .weights = p->weights + (window->rows.first * w->kernel_w + window->columns.first) * p->depth,
        .elements = p->depth,
        .per_row = window->columns.count,
        .rows = window->rows.count,
        .step = w->dilation_w * w->in_c,
        .row_step = w->dilation_h * w->in_w * w->in_c,
        .weight_step = p->depth,
        .weight_row_step = w->kernel_w * p->depth,
        .pitch = w->kernel_h * w->kernel_w * p->depth,
    };
    if (p->depth == w->in_c && w->dilation_w == 1 && r.per_row > 0) { /* a row of the window is one run */
        r.elements *= r.per_row;
        r.per_row = 1;
    }
    return r;
}

static int16_t finish(const struct stator_wide_conv2d *p, int32_t o, int64_t sum) {
    const int64_t acc = p->bias ? sum + p->bias[o] : sum;
    const int32_t y = p->wide ? stator_requantize_wide(acc, p->multiplier[o], p->shift[o])
                              : stator_requantize_fast((int32_t)acc, p->multiplier[o], p->shift[o]);
    return (int16_t)stator_clamp(y, p->activation_min, p->activation_max);
}

struct sums4 {
    int32_t a0, a1, a2, a3;
};

static inline void add_to(int64_t *sum, struct sums4 *s) {
    sum[0] += s->a0;
    sum[1] += s->a1;
    sum[2] += s->a2;
    sum[3] += s->a3;
    *s = (struct sums4){0, 0, 0, 0};
}

/* Output channels o..o+3, of one group. A function of its own, so that its loops have all registers. */
static __attribute__((noinline)) void four(int16_t *out, const struct stator_wide_conv2d *p, const struct runs *r, int32_t o) {
    const int16_t *in = r->in + o / p->filters * p->depth;
    const int8_t *weights = r->weights + o * r->pitch;
    const int32_t pitch = r->pitch;
    int64_t sum[4] = {0, 0, 0, 0};
    struct sums4 s = {0, 0, 0, 0};
    int32_t room = TERMS;
    for (int32_t row = 0; row < r->rows; row++) {
        for (int32_t run = 0; run < r->per_row; run++) {
            const int16_t *x = in + row * r->row_step + run * r->step;
            const int8_t *w0 = weights + row * r->weight_row_step + run * r->weight_step;
            const int8_t *w2 = w0 + 2 * pitch;
            for (int32_t left = r->elements; left > 0;) {
                if (room == 0) {
                    add_to(sum, &s);
                    room = TERMS;
                }
                const int32_t now = left < room ? left : room;
                for (const int16_t *const end = x + now; x != end; x++, w0++, w2++) {
                    s.a0 += *x * w0[0];
                    s.a1 += *x * w0[pitch];
                    s.a2 += *x * w2[0];
                    s.a3 += *x * w2[pitch];
                }
                left -= now;
                room -= now;
            }
        }
    }
    add_to(sum, &s);
    for (int32_t i = 0; i < 4; i++) {
        out[o + i] = finish(p, o + i, sum[i]);
    }
}

static void one(int16_t *out, const struct stator_wide_conv2d *p, const struct runs *r, int32_t o) {
    const int16_t *in = r->in + o / p->filters * p->depth;
    const int8_t *weights = r->weights + o * r->pitch;
    int64_t sum = 0;
    int32_t part = 0;
    int32_t room = TERMS;
    for (int32_t row = 0; row < r->rows; row++) {
        for (int32_t run = 0; run < r->per_row; run++) {
            const int16_t *x = in + row * r->row_step + run * r->step;
            const int8_t *w = weights + row * r->weight_row_step + run * r->weight_step;
            for (int32_t left = r->elements; left > 0; left--) {
                if (room-- == 0) {
                    sum += part;
                    part = 0;
                    room = TERMS - 1;
                }
                part += *x++ * *w++;
            }
        }
    }
    out[o] = finish(p, o, sum + part);
}

int stator_wide_conv2d_s16_s8__c(int16_t *out, const int16_t *in, const struct stator_wide_conv2d *p) {
    if (!stator_wide_conv2d_valid(out, in, p)) {
        return -EINVAL;
    }
    const int32_t pixels = stator_pixels(&p->over);
    for (int32_t i = 0; i < pixels; i++) {
        const int32_t pixel = stator_in_order(i, pixels, p->backwards);
        const struct stator_window window = stator_window_of(&p->over, pixel);
        const struct runs r = runs_of(in, p, &window);
        int16_t *to = out + pixel * p->out_c;
        for (int32_t o = 0; o < p->out_c;) {
            if (p->filters - o % p->filters >= 4) {
                four(to, p, &r, o);
                o += 4;
            } else {
                one(to, p, &r, o);
                o++;
            }
        }
    }
    return 0;
}
