/* Depthwise 3x3 with stride 1 for RV32IM, line by line (depthwise_conv2d_lines.inc). */
#include "depthwise_conv2d/depthwise_conv2d_rv32im_3x3.h"

#define STATOR_LINE_WORDS  7
#define STATOR_LINE_PIXELS 1
#include "depthwise_conv2d/depthwise_conv2d_lines.inc"

static inline void gather(int8_t *to, const int8_t *from, int32_t step, int32_t count) {
    stator_depthwise_conv2d_rv32im_gather(to, from, step, count);
}

static inline void compute(const struct stator_depthwise_conv2d_line *line) {
    stator_depthwise_conv2d_rv32im_line(line);
}

int stator_depthwise_conv2d_s8__rv32im_3x3(int8_t *out, const int8_t *in, const struct stator_depthwise_conv2d_packed *p,
                                           void *scratch) {
    return by_lines(out, in, p, scratch);
}
