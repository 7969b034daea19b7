/* The oracle: readable, never optimised. */
#include "real_softmax/real_softmax.h"

#include <float.h>
#include <math.h>

int stator_softmax_f32__ref(float *out, const float *in, const struct stator_real_softmax *p) {
    if (!out || !in || !p || p->rows < 1 || p->depth < 1) {
        return -EINVAL;
    }
    for (int32_t row = 0; row < p->rows; row++, in += p->depth, out += p->depth) {
        float most = -FLT_MAX;
        for (int32_t i = 0; i < p->depth; i++) {
            most = in[i] > most ? in[i] : most;
        }
        float sum = 0.0f;
        for (int32_t i = 0; i < p->depth; i++) {
            out[i] = expf((in[i] - most) * p->beta);
            sum += out[i];
        }
        for (int32_t i = 0; i < p->depth; i++) {
            out[i] /= sum;
        }
    }
    return 0;
}
