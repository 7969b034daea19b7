/* What health.c and monitor.h take of a model; its arena's other banks: less than a slice of the march, and more than one. */
#ifndef STATOR_MODEL_SELECT_H
#define STATOR_MODEL_SELECT_H

#include <stdint.h>

#define STATOR_FEATURE_COLUMNS   2
#define STATOR_CLASSES           2
#define STATOR_MODEL_BANKS(BANK) BANK(stator_arena1, 48u) BANK(stator_arena2, 784u)

extern uint8_t stator_arena1[48];
extern uint8_t stator_arena2[784];

#endif
