/* sources: firmware/inference/decision.c */
#include "stator/inference.h"

#include "check.h"

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
    argmax_takes_the_first_of_equals();
    nothing_is_known_before_window_and_debounce();
    a_class_changes_after_so_many_in_a_row();
    no_counter_runs_over();
    return 0;
}
