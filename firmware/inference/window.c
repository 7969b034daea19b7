#include <string.h>

#include "stator/inference.h"

int stator_window_init(struct stator_window *window, int8_t *ring, uint16_t frames, uint16_t columns, int8_t zero_point) {
    if (!window || !ring || frames == 0 || columns == 0) {
        return -EINVAL;
    }
    *window = (struct stator_window){.ring = ring, .frames = frames, .columns = columns, .zero_point = zero_point};
    stator_window_clear(window);
    return 0;
}

void stator_window_clear(struct stator_window *window) {
    memset(window->ring, window->zero_point, (size_t)window->frames * window->columns);
    window->oldest = 0;
}

void stator_window_push(struct stator_window *window, const int8_t *column) {
    memcpy(window->ring + (size_t)window->oldest * window->columns, column, window->columns);
    window->oldest = (uint16_t)(window->oldest + 1 == window->frames ? 0 : window->oldest + 1);
}

void stator_window_copy(const struct stator_window *window, int8_t *out) {
    size_t head = (size_t)window->oldest * window->columns;
    size_t all = (size_t)window->frames * window->columns;
    memcpy(out, window->ring + head, all - head);
    memcpy(out + (all - head), window->ring, head);
}
