/* Portable C for scalar cores: four units share each load of the input. */
#include "common/dot.h"
#include "common/nibbles.h"
#include "common/requantize.h"
#include "fully_connected/fully_connected.h"

static int8_t finish(const struct stator_fully_connected *p, int32_t unit, int32_t acc) {
    const int32_t channel = p->per_channel ? unit : 0;
    const int32_t y = stator_requantize_fast(acc, p->multiplier[channel], p->shift[channel]) + p->output_zero_point;
    return (int8_t)stator_clamp(y, p->activation_min, p->activation_max);
}

/* Units unit..unit+3 of a row. A function of its own, so that its loop has all registers. */
static __attribute__((noinline)) void four(int8_t *out, const int8_t *x, const struct stator_fully_connected *p, int32_t unit) {
    const int32_t *bias = p->bias ? p->bias + unit : p->bias;
    struct stator_dot4 d = stator_dot4_begin(x, p->weights + unit * p->depth, p->depth, bias);
    stator_dot4_run(&d, p->depth, p->input_zero_point);
    const int32_t acc[4] = {d.a0, d.a1, d.a2, d.a3};
    for (int32_t i = 0; i < 4; i++) {
        out[unit + i] = finish(p, unit + i, acc[i]);
    }
}

/* The same for INT4 weights. */
static __attribute__((noinline)) void four_s4(int8_t *out, const int8_t *x, const struct stator_fully_connected *p,
                                              int32_t unit) {
    const int32_t *bias = p->bias ? p->bias + unit : p->bias;
    const int32_t pitch = stator_nibble_bytes(p->depth);
    struct stator_dot4 d = stator_dot4_begin(x, p->weights, pitch, bias);
    stator_dot4_nibbles(&d, p->weights + unit * pitch, 0, p->depth, p->input_zero_point);
    const int32_t acc[4] = {d.a0, d.a1, d.a2, d.a3};
    for (int32_t i = 0; i < 4; i++) {
        out[unit + i] = finish(p, unit + i, acc[i]);
    }
}

int stator_fully_connected_s8__c(int8_t *out, const int8_t *in, const struct stator_fully_connected *p) {
    if (!stator_fully_connected_valid(out, in, p)) {
        return -EINVAL;
    }
    for (int32_t row = 0; row < p->rows; row++, in += p->depth, out += p->units) {
        int32_t unit = 0;
        for (; unit + 4 <= p->units; unit += 4) {
            four(out, in, p, unit);
        }
        for (; unit < p->units; unit++) {
            const int32_t bias = p->bias ? p->bias[unit] : 0;
            out[unit] = finish(p, unit, stator_dot1(bias, in, p->weights + unit * p->depth, p->depth, p->input_zero_point));
        }
    }
    return 0;
}

int stator_fully_connected_s8_s4__c(int8_t *out, const int8_t *in, const struct stator_fully_connected *p) {
    if (!stator_fully_connected_valid(out, in, p)) {
        return -EINVAL;
    }
    for (int32_t row = 0; row < p->rows; row++, in += p->depth, out += p->units) {
        int32_t unit = 0;
        for (; unit + 4 <= p->units; unit += 4) {
            four_s4(out, in, p, unit);
        }
        for (; unit < p->units; unit++) {
            const int32_t bias = p->bias ? p->bias[unit] : 0;
            const int8_t *weights = p->weights + unit * stator_nibble_bytes(p->depth);
            out[unit] = finish(p, unit, stator_dot1_nibbles(bias, in, weights, 0, p->depth, p->input_zero_point));
        }
    }
    return 0;
}
