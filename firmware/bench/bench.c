#include "bench.h"
#include "say.h"

#include <stdbool.h>
#include <string.h>

#include "stator/board.h"
#include "stator/clock.h"
#include "stator/fail.h"
#include "stator/uart.h"

#include "memory_plan.h"
#include "model_select.h"

#define MAGIC    0x4e425453u
#define LAYERS   0x4c525453u
#define SEGMENTS 16u
#define POISON   0xa5

uint8_t stator_stack_main[BENCH_STACK_BYTES] __attribute__((aligned(16), noinit)); /* in use while start-up clears .bss */

struct segment {
    uint32_t offset;
    uint32_t bytes;
};

struct order {
    uint32_t magic;
    uint32_t runs;
    uint32_t inputs;
    uint32_t outputs;
    struct segment segments[];
};

/* The same generated code again, with a call of stator_profile_layer() before every layer. */
int BENCH_PROFILED_RUN(void *arena);
void stator_profile_layer(unsigned layer);

static uint32_t marks[STATOR_MODEL_LAYERS + 2u];
static const struct order *telling; /* what layers write is told, in run */
static uint32_t telling_run;

static void tell_layer(const struct order *order, uint32_t layer);

void stator_profile_layer(unsigned layer) {
    if (telling) {
        tell_layer(telling, layer);
    } else {
        marks[layer] = stator_clock_now();
    }
}

/* The arena's banks follow one another in the offsets that the host uses. */
static uint8_t *in_arena(const struct segment *where) {
    uint32_t offset = where->offset;
#define IN_BANK(bank, size)                                                                                                      \
    if (offset < (size) && offset + where->bytes <= (size)) {                                                                    \
        return (bank) + offset;                                                                                                  \
    }                                                                                                                            \
    offset -= (uint32_t)(size);
    IN_BANK(stator_arena, sizeof(stator_arena))
    STATOR_MODEL_BANKS(IN_BANK)
    stator_fail("an input or output lies outside of the arena");
}

static void say_output(uint32_t run, uint32_t output, const struct segment *where) {
    bench_bytes(run, output, (const int8_t *)in_arena(where), where->bytes);
}

static const struct segment *outputs_of(const struct order *order) {
    return &order->segments[order->inputs];
}

/* Everything that follows the segments: inputs of the first run, or before them the layers of the outputs. */
static const uint32_t *after_segments(const struct order *order) {
    return (const uint32_t *)(outputs_of(order) + order->outputs);
}

/* Says what the layer before `layer` has written. */
static void tell_layer(const struct order *order, uint32_t layer) {
    for (uint32_t i = 0; i < order->outputs; i++) {
        if (after_segments(order)[i] + 1u == layer) {
            say_output(telling_run, i, &outputs_of(order)[i]);
        }
    }
}

/* Poisons the arena, and sets the model's state as before its first run. */
static void start_anew(void) {
#define POISON_BANK(bank, size) memset(bank, POISON, size);
    POISON_BANK(stator_arena, sizeof(stator_arena))
    STATOR_MODEL_BANKS(POISON_BANK)
    if (STATOR_MODEL_INIT(stator_arena, sizeof(stator_arena))) {
        stator_fail("memory plan and model do not agree");
    }
}

/* Puts the inputs of one run into the arena, where a state stays from run to run; returns what follows them. */
static const uint8_t *place(const struct order *order, const uint8_t *data) {
    for (uint32_t i = 0; i < order->inputs; i++) {
        const struct segment *to = &order->segments[i];
        memcpy(in_arena(to), data, to->bytes);
        data += (to->bytes + 3u) & ~3u;
    }
    return data;
}

static uint32_t profile(void) {
    stator_profile_layer(0);
    stator_profile_layer(1);
    uint32_t overhead = marks[1] - marks[0];
    if (BENCH_PROFILED_RUN(stator_arena)) {
        stator_fail("model");
    }
    return overhead;
}

int main(void) {
    const struct order *order = (const struct order *)STATOR_SIGNAL_AT;
    struct stator_line line;

    stator_uart_init();
    stator_clock_start();
    const bool layers = order->magic == LAYERS;
    if ((order->magic != MAGIC && !layers) || order->inputs + (layers ? 0u : order->outputs) > SEGMENTS) {
        stator_fail("no inputs in memory: the simulator must load them (stator bench does)");
    }
    for (uint32_t i = 0; i < order->inputs + order->outputs; i++) {
        (void)in_arena(&order->segments[i]);
    }
    start_anew();
    uint32_t before = stator_clock_now();
    uint32_t overhead = stator_clock_now() - before;
    bench_begin(&line, "B,board=" STATOR_BOARD_NAME ",sha256=" STATOR_MODEL_SHA256);
    bench_field(&line, ",layers=", STATOR_MODEL_LAYERS);
    bench_field(&line, ",overhead=", overhead);
    bench_send(&line);

    const uint8_t *first = (const uint8_t *)(after_segments(order) + (layers ? order->outputs : 0u));
    const uint8_t *data = first;
    for (uint32_t run = 0; layers && run < order->runs; run++) {
        data = place(order, data);
        telling = order;
        telling_run = run;
        if (BENCH_PROFILED_RUN(stator_arena)) {
            stator_fail("model");
        }
    }
    for (uint32_t run = 0; !layers && run < order->runs; run++) {
        data = place(order, data);
        uint32_t start = stator_clock_now();
        int status = STATOR_MODEL_RUN(stator_arena);
        uint32_t took = stator_clock_now() - start;
        if (status) {
            stator_fail("model");
        }
        bench_begin(&line, "R");
        bench_field(&line, ",", run);
        bench_field(&line, ",", took);
        bench_send(&line);
        for (uint32_t i = 0; i < order->outputs; i++) {
            say_output(run, i, &outputs_of(order)[i]);
        }
    }

    if (!layers) {
        start_anew();
        (void)place(order, first);
        overhead = profile();
    }
    for (uint32_t layer = 0; !layers && layer < STATOR_MODEL_LAYERS; layer++) {
        bench_begin(&line, "L");
        bench_field(&line, ",", layer);
        bench_field(&line, ",", marks[layer + 1u] - marks[layer]);
        bench_field(&line, ",", overhead);
        bench_send(&line);
    }
    bench_begin(&line, "E");
    bench_field(&line, ",", order->runs);
    bench_send(&line);
    stator_board_exit(0);
}
