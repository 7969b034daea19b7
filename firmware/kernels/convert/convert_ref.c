/* The oracle: readable, never optimised. */
#include "convert/convert.h"

#include <math.h>

/* One kernel: x is an element of `in`, the expression is that of `out`. */
#define CONVERT(kernel, from_type, to_type, expression)                                                                          \
    int kernel(void *out, const void *in, const struct stator_convert *p) {                                                      \
        if (!stator_convert_valid(out, in, p)) {                                                                                 \
            return -EINVAL;                                                                                                      \
        }                                                                                                                        \
        const from_type *from = in;                                                                                              \
        to_type *to = out;                                                                                                       \
        for (int32_t i = 0; i < p->elements; i++) {                                                                              \
            const from_type x = from[i];                                                                                         \
            to[i] = (to_type)(expression);                                                                                       \
        }                                                                                                                        \
        return 0;                                                                                                                \
    }

/* Toward zero, kept within least..most. */
static int64_t whole(float x, int64_t least, int64_t most) {
    if (isnan(x)) {
        return 0;
    }
    if (x <= (float)least) {
        return least;
    }
    return x >= (float)most ? most : (int64_t)x;
}

/* Half away from zero, kept within least..most. */
static int64_t quantized(float x, const struct stator_convert *p, int64_t least, int64_t most) {
    const int64_t q = whole(roundf(x / p->scale), INT32_MIN, INT32_MAX) + p->zero_point;
    if (q < least) {
        return least;
    }
    return q > most ? most : q;
}

CONVERT(stator_cast_s8_s8__ref, int8_t, int8_t, x)
CONVERT(stator_cast_s8_u8__ref, int8_t, uint8_t, x)
CONVERT(stator_cast_s8_s32__ref, int8_t, int32_t, x)
CONVERT(stator_cast_s8_s64__ref, int8_t, int64_t, x)
CONVERT(stator_cast_s8_f32__ref, int8_t, float, x)
CONVERT(stator_cast_s8_b8__ref, int8_t, uint8_t, x != 0)
CONVERT(stator_cast_u8_s8__ref, uint8_t, int8_t, x)
CONVERT(stator_cast_u8_u8__ref, uint8_t, uint8_t, x)
CONVERT(stator_cast_u8_s32__ref, uint8_t, int32_t, x)
CONVERT(stator_cast_u8_s64__ref, uint8_t, int64_t, x)
CONVERT(stator_cast_u8_f32__ref, uint8_t, float, x)
CONVERT(stator_cast_u8_b8__ref, uint8_t, uint8_t, x != 0)
CONVERT(stator_cast_s32_s8__ref, int32_t, int8_t, x)
CONVERT(stator_cast_s32_u8__ref, int32_t, uint8_t, x)
CONVERT(stator_cast_s32_s32__ref, int32_t, int32_t, x)
CONVERT(stator_cast_s32_s64__ref, int32_t, int64_t, x)
CONVERT(stator_cast_s32_f32__ref, int32_t, float, x)
CONVERT(stator_cast_s32_b8__ref, int32_t, uint8_t, x != 0)
CONVERT(stator_cast_s64_s8__ref, int64_t, int8_t, x)
CONVERT(stator_cast_s64_u8__ref, int64_t, uint8_t, x)
CONVERT(stator_cast_s64_s32__ref, int64_t, int32_t, x)
CONVERT(stator_cast_s64_s64__ref, int64_t, int64_t, x)
CONVERT(stator_cast_s64_f32__ref, int64_t, float, x)
CONVERT(stator_cast_s64_b8__ref, int64_t, uint8_t, x != 0)
CONVERT(stator_cast_f32_s8__ref, float, int8_t, whole(x, INT8_MIN, INT8_MAX))
CONVERT(stator_cast_f32_u8__ref, float, uint8_t, whole(x, 0, UINT8_MAX))
CONVERT(stator_cast_f32_s32__ref, float, int32_t, whole(x, INT32_MIN, INT32_MAX))
CONVERT(stator_cast_f32_s64__ref, float, int64_t, whole(x, INT64_MIN, INT64_MAX))
CONVERT(stator_cast_f32_f32__ref, float, float, x)
CONVERT(stator_cast_f32_b8__ref, float, uint8_t, x < 0.0f || x > 0.0f || isnan(x))
CONVERT(stator_dequantize_s8_f32__ref, int8_t, float, p->scale *(float)(x - p->zero_point))
CONVERT(stator_dequantize_u8_f32__ref, uint8_t, float, p->scale *(float)(x - p->zero_point))
CONVERT(stator_dequantize_s16_f32__ref, int16_t, float, p->scale *(float)(x - p->zero_point))
CONVERT(stator_quantize_f32_s8__ref, float, int8_t, quantized(x, p, INT8_MIN, INT8_MAX))
CONVERT(stator_quantize_f32_s16__ref, float, int16_t, quantized(x, p, INT16_MIN, INT16_MAX))
