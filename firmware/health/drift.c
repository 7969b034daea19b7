#include "stator/health.h"

#define FARTHEST (8u * 16u)

/* E. S. Page, "Continuous inspection schemes", Biometrika 41 (1954). */
bool stator_cusum(struct stator_cusum *cusum, uint32_t value, uint32_t usual, uint32_t limit) {
    uint32_t sum = cusum->sum + value;
    sum = sum > usual ? sum - usual : 0;
    cusum->sum = sum < 2u * limit ? sum : 2u * limit;
    if (cusum->sum > limit) {
        cusum->above = true;
    } else if (cusum->sum == 0) {
        cusum->above = false;
    }
    return cusum->above;
}

uint32_t stator_distance(const int8_t *column, const struct stator_health_config *config) {
    uint32_t sum = 0;
    for (size_t i = 0; i < config->columns; i++) {
        int32_t off = column[i] - config->centre[i];
        uint32_t distance = (uint32_t)(off < 0 ? -off : off) * config->weight[i];
        sum += distance < FARTHEST ? distance : FARTHEST;
    }
    return sum / config->columns;
}

void stator_shape(const int8_t *column, const struct stator_health_config *config, uint8_t *range, int8_t *impulses) {
    int8_t least = column[0];
    int8_t most = column[0];
    size_t i = 1;
    for (; i < config->bands; i++) {
        least = column[i] < least ? column[i] : least;
        most = column[i] > most ? column[i] : most;
    }
    *range = (uint8_t)(most - least);
    *impulses = INT8_MAX;
    for (i += config->envelope - 1u; i < config->columns; i += config->envelope) {
        *impulses = column[i] < *impulses ? column[i] : *impulses;
    }
}
