/* sources: firmware/inference/window.c firmware/inference/decision.c */
#include "stator/inference.h"

#include <string.h>

#include "check.h"

static void bad_windows_are_refused(void) {
    struct stator_window window;
    int8_t ring[4];
    CHECK(stator_window_init(NULL, ring, 2, 2, 0) == -EINVAL);
    CHECK(stator_window_init(&window, NULL, 2, 2, 0) == -EINVAL);
    CHECK(stator_window_init(&window, ring, 0, 2, 0) == -EINVAL);
    CHECK(stator_window_init(&window, ring, 2, 0, 0) == -EINVAL);
}

static void window_keeps_the_last_columns_oldest_first(void) {
    enum { FRAMES = 3, COLUMNS = 2 };
    int8_t ring[FRAMES * COLUMNS];
    int8_t out[FRAMES * COLUMNS];
    struct stator_window window;
    CHECK(stator_window_init(&window, ring, FRAMES, COLUMNS, -7) == 0);
    stator_window_copy(&window, out);
    CHECK(memcmp(out, (const int8_t[]){-7, -7, -7, -7, -7, -7}, sizeof(out)) == 0);
    const int8_t expected[][FRAMES * COLUMNS] = {
        {-7, -7, -7, -7, 1, 11}, {-7, -7, 1, 11, 2, 12}, {1, 11, 2, 12, 3, 13}, {2, 12, 3, 13, 4, 14},
        {3, 13, 4, 14, 5, 15},   {4, 14, 5, 15, 6, 16},  {5, 15, 6, 16, 7, 17},
    };
    for (int8_t i = 1; i <= 7; i++) {
        stator_window_push(&window, (const int8_t[]){i, (int8_t)(i + 10)});
        stator_window_copy(&window, out);
        CHECK(memcmp(out, expected[i - 1], sizeof(out)) == 0);
    }
    stator_window_clear(&window);
    stator_window_push(&window, (const int8_t[]){9, 9});
    stator_window_copy(&window, out);
    CHECK(memcmp(out, (const int8_t[]){-7, -7, -7, -7, 9, 9}, sizeof(out)) == 0);
}

static void argmax_takes_the_first_of_equals(void) {
    CHECK(stator_argmax((const int8_t[]){-128}, 1) == 0);
    CHECK(stator_argmax((const int8_t[]){-128, -128, -128}, 3) == 0);
    CHECK(stator_argmax((const int8_t[]){-3, 5, 5, 4}, 4) == 1);
    CHECK(stator_argmax((const int8_t[]){-3, -2, -1, 127}, 4) == 3);
}

static void nothing_is_known_before_window_and_debounce(void) {
    struct stator_decision decision;
    stator_decision_init(&decision, 16, 3);
    for (int i = 1; i < 19; i++) {
        CHECK(stator_decision_update(&decision, 2) == STATOR_STATE_UNKNOWN);
    }
    CHECK(stator_decision_update(&decision, 2) == 2);
}

static void a_class_changes_after_so_many_in_a_row(void) {
    struct stator_decision decision;
    stator_decision_init(&decision, 1, 3);
    const uint8_t labels[] = {0, 0, 0, 0, 1, 1, 0, 1, 1, 1, 1, 2, 3, 2, 3, 3, 3, 0};
    const uint8_t states[] = {255, 255, 255, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 3, 3};
    for (size_t i = 0; i < sizeof(labels); i++) {
        CHECK(stator_decision_update(&decision, labels[i]) == states[i]);
    }
    stator_decision_clear(&decision);
    CHECK(stator_decision_update(&decision, 3) == STATOR_STATE_UNKNOWN);
}

static void no_counter_runs_over(void) {
    struct stator_decision decision;
    stator_decision_init(&decision, 2, 2);
    for (uint32_t i = 0; i < 200000; i++) {
        (void)stator_decision_update(&decision, 1);
    }
    CHECK(decision.state == 1);
    CHECK(stator_decision_update(&decision, 0) == 1);
    CHECK(stator_decision_update(&decision, 0) == 0);
}

int main(void) {
    bad_windows_are_refused();
    window_keeps_the_last_columns_oldest_first();
    argmax_takes_the_first_of_equals();
    nothing_is_known_before_window_and_debounce();
    a_class_changes_after_so_many_in_a_row();
    no_counter_runs_over();
    return 0;
}
