/* The oracle: readable, never optimised. */
#include "history/history.h"

#include <string.h>

int stator_history_any__ref(void *history, const void *in, const struct stator_history *p) {
    if (!stator_history_valid(history, in, p)) {
        return -EINVAL;
    }
    uint8_t *columns = history;
    const int32_t kept = p->bytes - p->new_bytes;
    memmove(columns, columns + p->new_bytes, (size_t)kept);
    memcpy(columns + kept, in, (size_t)p->new_bytes);
    return 0;
}
