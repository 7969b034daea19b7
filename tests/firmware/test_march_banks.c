/* sources: firmware/health/health.c firmware/health/march.c firmware/health/drift.c firmware/telemetry/crc32.c
 * flags: -Itests/firmware/banks -Wl,--wrap=stator_march
 *
 * The march over an arena in several regions: in one pass every word of every bank once, and nothing beside them. */
#include "stator/health.h"

#include <stdbool.h>
#include <string.h>

#include "check.h"

#include "stator/fail.h"
#include "stator/image.h"
#include "stator/monitor.h"
#include "stator/port.h"
#include "stator/stream.h"
#include "stator/watchdog.h"

#include "memory_plan.h"
#include "model_select.h"

#define WORD_ALIGNED __attribute__((aligned(16)))

WORD_ALIGNED uint8_t stator_arena[1040];
WORD_ALIGNED uint8_t stator_arena1[48];
WORD_ALIGNED uint8_t stator_arena2[784];

static struct {
    const uint8_t *begin;
    size_t words;
    unsigned visits[300];
} banks[] = {{stator_arena, 260, {0}}, {stator_arena1, 12, {0}}, {stator_arena2, 196, {0}}};
#define BANKS (sizeof(banks) / sizeof(banks[0]))

static const volatile uint32_t *broken; /* a cell that does not hold what is written to it */

int __real_stator_march(volatile uint32_t *memory, size_t words);
int __wrap_stator_march(volatile uint32_t *memory, size_t words);

int __wrap_stator_march(volatile uint32_t *memory, size_t words) {
    bool inside = false;
    for (size_t b = 0; b < BANKS; b++) {
        size_t at = (size_t)((const volatile uint8_t *)memory - banks[b].begin) / 4u;
        if ((const volatile uint8_t *)memory >= banks[b].begin && at < banks[b].words) {
            CHECK(words > 0 && at + words <= banks[b].words);
            inside = true;
            for (size_t i = 0; i < words; i++) {
                banks[b].visits[at + i]++;
            }
        }
    }
    CHECK(inside);
    int status = __real_stator_march(memory, words);
    return broken >= memory && broken < memory + words ? -EIO : status;
}

/* Every word was visited `times` times. */
static bool all_visited(unsigned times) {
    for (size_t b = 0; b < BANKS; b++) {
        for (size_t i = 0; i < banks[b].words; i++) {
            if (banks[b].visits[i] != times) {
                return false;
            }
        }
    }
    return true;
}

static void one_pass_visits_every_word_of_every_bank_once(void) {
    stator_health_init(); /* one pass */
    CHECK(all_visited(1));
    for (unsigned pass = 2; pass < 5; pass++) {
        unsigned slices = 0;
        do {
            memset(stator_arena, 0x5a, sizeof(stator_arena));
            stator_health_march();
            CHECK(stator_arena[0] == 0x5a && stator_arena[sizeof(stator_arena) - 1u] == 0x5a);
            slices++;
        } while (!all_visited(pass));
        CHECK(slices == 5 + 1 + 4); /* of 64 words at most, none over the end of a bank */
    }
}

static void a_broken_cell_is_told_wherever_it_is(void) {
    static uint8_t *const at[] = {stator_arena,       stator_arena + 1036, stator_arena1,
                                  stator_arena1 + 44, stator_arena2,       stator_arena2 + 780};
    for (size_t i = 0; i < sizeof(at) / sizeof(at[0]); i++) {
        broken = NULL;
        stator_health_init();
        CHECK((stator_health_word() & STATOR_HEALTH_RAM) == 0);
        broken = (const volatile uint32_t *)(void *)at[i];
        for (unsigned slice = 0; slice < 10; slice++) {
            stator_health_march();
        }
        CHECK((stator_health_word() & STATOR_HEALTH_RAM) != 0);
    }
}

/* What health.c needs beside the march, and does not call here. */
static const uint8_t image[1];
const uint8_t *const stator_image_begin = image;
const uint8_t *const stator_image_end = image;
const uint32_t stator_image_sum = 0;
const struct stator_health_config stator_health_config = {0};
__attribute__((section("stator_fixed"), used)) static uint32_t fixed;

uint32_t stator_stream_filled_halves(void) {
    return 0;
}

uint32_t stator_sensor_reasons(const int16_t *samples, unsigned first, const struct stator_health_config *config) {
    (void)samples, (void)first, (void)config;
    return 0;
}

void stator_monitor_close_record(struct stator_record *record) {
    (void)record;
}

int stator_port_send_record(const struct stator_record *record) {
    (void)record;
    return 0;
}

const char *stator_port_damage(void) {
    return NULL;
}

void stator_watchdog_feed(void) {}

_Noreturn void stator_fail(const char *text) {
    (void)fprintf(stderr, "%s\n", text);
    exit(1);
}

int main(void) {
    one_pass_visits_every_word_of_every_bank_once();
    a_broken_cell_is_told_wherever_it_is();
    return 0;
}
