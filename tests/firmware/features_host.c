/* The front end as a filter, for the comparison with its twin: `features` turns halves (1,024 int16 each) on standard input into
 * columns on standard output; `fft` turns 1,024 int32 samples into 512 complex bins, `rfft_q15` 1,024 int16 samples; `refuse`
 * checks what is refused. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dsp/features_config.h"
#include "dsp/fft.h"
#include "dsp/fft_q15.h"
#include "dsp/fixed.h"

extern const struct stator_features_config stator_features_config;

static int run_features(void) {
    const struct stator_features_config *config = &stator_features_config;
    int16_t *half = malloc(STATOR_HALF_SAMPLES * sizeof *half);
    void *work = malloc(config->work_bytes); /* as large as promised: the sanitizer sees what reaches beyond */
    int8_t *out = malloc(config->columns);
    int status = half && work && out ? 0 : 1;
    while (!status && fread(half, sizeof *half, STATOR_HALF_SAMPLES, stdin) == STATOR_HALF_SAMPLES) {
        memset(work, 0xa5, config->work_bytes);
        status = stator_features_run(out, half, work, config);
        status |= fwrite(out, 1, config->columns, stdout) != config->columns;
    }
    free(half);
    free(work);
    free(out);
    return status;
}

static int run_fft(void) {
    enum { SAMPLES = 1024, HALF = SAMPLES / 2 };
    static int32_t samples[SAMPLES], z[SAMPLES];
    while (fread(samples, sizeof samples[0], SAMPLES, stdin) == SAMPLES) {
        stator_real_fft(z, samples, HALF, HALF);
        if (fwrite(z, sizeof z[0], SAMPLES, stdout) != SAMPLES) {
            return 1;
        }
    }
    return 0;
}

static int run_rfft_q15(void) {
    enum { SAMPLES = 1024, HALF = SAMPLES / 2 };
    static int16_t samples[SAMPLES];
    static int32_t z[SAMPLES];
    while (fread(samples, sizeof samples[0], SAMPLES, stdin) == SAMPLES) {
        int32_t peak = 0;
        for (int i = 0; i < SAMPLES; i++) {
            peak = abs(samples[i]) > peak ? abs(samples[i]) : peak;
        }
        stator_rfft_q15(z, samples, peak, HALF);
        if (fwrite(z, sizeof z[0], SAMPLES, stdout) != SAMPLES) {
            return 1;
        }
    }
    return 0;
}

static int run_refuse(void) {
    static int16_t half[STATOR_HALF_SAMPLES];
    static uint64_t work[4096 / 8 + 1];
    int8_t out[512];
    const struct stator_features_config *config = &stator_features_config;
    memset(out, 0x5a, sizeof out);
    int refused =
        stator_features_run(NULL, half, work, config) == -EINVAL && stator_features_run(out, NULL, work, config) == -EINVAL &&
        stator_features_run(out, half, NULL, config) == -EINVAL && stator_features_run(out, half, work, NULL) == -EINVAL &&
        stator_features_run(out, half, (char *)work + 4, config) == -EINVAL &&
        stator_features_run(out, (void *)((char *)half + 1), work, config) == -EINVAL;
    for (size_t i = 0; i < sizeof out; i++) {
        refused &= out[i] == 0x5a;
    }
    return !refused;
}

int main(int argc, char **argv) {
    const char *what = argc == 2 ? argv[1] : "";
    return !strcmp(what, "features")   ? run_features()
           : !strcmp(what, "fft")      ? run_fft()
           : !strcmp(what, "rfft_q15") ? run_rfft_q15()
           : !strcmp(what, "refuse")   ? run_refuse()
                                       : 2;
}
