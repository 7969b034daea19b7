/* For any core: four words or halves at a time where the addresses allow. The libraries of small cores move single bytes. */
#include "history/history.h"

typedef uint32_t __attribute__((may_alias)) word;
typedef uint16_t __attribute__((may_alias)) half;

/* Moves what is a multiple of four `type`s. `to` lies before `from`, by one of them at least, or elsewhere. */
#define MOVE_FOURS(type)                                                                                                         \
    for (; bytes >= 4 * (int32_t)sizeof(type); bytes -= 4 * (int32_t)sizeof(type)) {                                             \
        const type *source = (const type *)(const void *)from;                                                                   \
        type *target = (type *)(void *)to;                                                                                       \
        const type a = source[0], b = source[1], c = source[2], d = source[3];                                                   \
        target[0] = a, target[1] = b, target[2] = c, target[3] = d;                                                              \
        to += 4 * sizeof(type), from += 4 * sizeof(type);                                                                        \
    }

static void move(uint8_t *to, const uint8_t *from, int32_t bytes) {
    const uintptr_t ends = (uintptr_t)to | (uintptr_t)from;
    if (ends % sizeof(word) == 0u) {
        MOVE_FOURS(word)
    } else if (ends % sizeof(half) == 0u) {
        MOVE_FOURS(half)
    }
    for (; bytes > 0; bytes--) {
        *to++ = *from++;
    }
}

int stator_history_any__c(void *history, const void *in, const struct stator_history *p) {
    if (!stator_history_valid(history, in, p)) {
        return -EINVAL;
    }
    uint8_t *columns = history;
    const int32_t kept = p->bytes - p->new_bytes;
    move(columns, columns + p->new_bytes, kept);
    move(columns + kept, in, p->new_bytes);
    return 0;
}
