/* Who writes what: each task has one word of reasons, so that no two write the same. A word carries its own complement; a word
 * that does not agree with it ends in a reset, since nothing that it says can be believed. */
#include "stator/health.h"

#include <string.h>

#include "stator/crash.h"
#include "stator/crc32.h"
#include "stator/fail.h"
#include "stator/image.h"
#include "stator/monitor.h"
#include "stator/port.h"
#include "stator/stream.h"
#include "stator/watchdog.h"

#include "memory_plan.h"
#include "model_select.h"

#define SLICE        2048u                                       /* bytes of flash per step */
#define MARCH_WORDS  64u                                         /* per frame */
#define ANSWER_EVERY (ANSWER_HALVES < 48u ? ANSWER_HALVES : 48u) /* frames */
#define TOLD_FRAMES  64u                                         /* what came and went is told for so long */
#define BAD_HALVES   3u                                          /* in a row make a sensor bad */
#define GOOD_HALVES  8u                                          /* in a row make it good again */
#define DEAD_STEPS   4u                                          /* steps of the supervisor without a half */
#define TELL_STEPS   10u                                         /* of a dead sensor is told this often */
#define CLOCK_STEPS  64u                                         /* one look at the clocks; 1.5 halves in it are 2 % */
#define ROUND_STEPS  100u                                        /* a whole self-test takes no longer */

#define ANSWER_HALVES (8u * STATOR_SAMPLE_CLOCK_HZ / STATOR_HALF_TICKS) /* in 8 s */
#define TICK_SAMPLES  (STATOR_SAMPLE_CLOCK_HZ / STATOR_HEALTH_TICK_HZ)

enum { FEATURE, INFERENCE, SUPERVISOR, OWNERS };

static volatile uint32_t words[OWNERS];

static uint32_t packed(uint32_t reasons) {
    return reasons | (~reasons << 16);
}

static uint32_t reasons_of(unsigned owner) {
    uint32_t word = words[owner];
    if (word != packed(word & 0xffffu)) {
        stator_fail("health: its own state was damaged");
    }
    return word & 0xffffu;
}

static void put(unsigned owner, uint32_t reasons, bool there) {
    uint32_t now = reasons_of(owner);
    words[owner] = packed(there ? now | reasons : now & ~reasons);
}

uint32_t stator_health_word(void) {
    uint32_t reasons = 0;
    for (unsigned i = 0; i < OWNERS; i++) {
        reasons |= reasons_of(i);
    }
    return packed(reasons);
}

/* Flash: the supervisor's. */
static const uint8_t *flash_next;
static uint32_t flash_sum;
static uint32_t flash_passes;

/* A slice; after the last one the sum is compared. */
static void flash_step(size_t bytes) {
    size_t left = (size_t)(stator_image_end - flash_next);
    size_t now = left < bytes ? left : bytes;
    flash_sum = stator_crc32(flash_sum, flash_next, now);
    flash_next += now;
    if (flash_next == stator_image_end) {
        if (flash_sum != stator_image_sum) {
            put(SUPERVISOR, STATOR_HEALTH_FLASH, true);
        }
        flash_next = stator_image_begin;
        flash_sum = 0;
        flash_passes++;
    }
}

/* RAM and the known answer: the inference task's. */
static size_t march_next; /* word of the arena */
static volatile uint32_t march_passes;
static uint32_t frames;
static volatile uint32_t answers;
static uint32_t memory_told;
static struct stator_cusum drift;
static struct stator_cusum flat;
static struct stator_cusum steady;
static struct stator_cusum doubt;

#define WORDS_OF(bank, size) +(size) / 4u
#define ARENA_WORDS          (sizeof(stator_arena) / 4u STATOR_MODEL_BANKS(WORDS_OF))

/* A word of the arena, whose banks follow one another, and how many its bank has from there on. */
static volatile uint32_t *arena_word(size_t word, size_t *left) {
#define WORD_IN(bank, size)                                                                                                      \
    if (word < (size) / 4u) {                                                                                                    \
        *left = (size) / 4u - word;                                                                                              \
        return (volatile uint32_t *)(void *)(bank) + word;                                                                       \
    }                                                                                                                            \
    word -= (size) / 4u;
    WORD_IN(stator_arena, sizeof(stator_arena))
    STATOR_MODEL_BANKS(WORD_IN)
    *left = 0;
    return NULL;
}

void stator_health_march(void) {
    size_t left;
    volatile uint32_t *from = arena_word(march_next, &left);
    size_t count = left < MARCH_WORDS ? left : MARCH_WORDS;
    if (stator_march(from, count)) {
        put(INFERENCE, STATOR_HEALTH_RAM, true);
    }
    march_next += count;
    if (march_next == ARENA_WORDS) {
        march_next = 0;
        march_passes++;
    }
}

bool stator_health_answer_due(void) {
    return frames % ANSWER_EVERY == 0;
}

void stator_health_answered(bool right) {
    if (!right) {
        put(INFERENCE, STATOR_HEALTH_ANSWER, true);
    }
    answers++;
    put(INFERENCE, STATOR_HEALTH_STARTING, false);
}

void stator_health_memory(void) {
    memory_told = TOLD_FRAMES;
    put(INFERENCE, STATOR_HEALTH_MEMORY, true);
}

void stator_health_decided(const int8_t *column, uint8_t confidence) {
    const struct stator_health_config *limits = &stator_health_config;
    frames++;
    if (memory_told > 0 && --memory_told == 0) {
        put(INFERENCE, STATOR_HEALTH_MEMORY, false);
    }
    if (limits->centre) {
        uint32_t distance = stator_distance(column, limits);
        bool unlike = stator_cusum(&drift, distance, limits->usual, limits->drift_limit);
        if (limits->envelope > 0) {
            uint8_t range;
            int8_t impulses;
            stator_shape(column, limits, &range, &impulses);
            unlike |= stator_cusum(&flat, 255u - range, 255u - limits->flattest, limits->flat_limit);
            unlike |=
                stator_cusum(&steady, (uint32_t)(127 - impulses), (uint32_t)(127 - limits->steadiest), limits->steady_limit);
        }
        put(INFERENCE, STATOR_HEALTH_DRIFT, unlike);
        uint32_t lacks = confidence < 255 ? 255u - confidence : 0;
        put(INFERENCE, STATOR_HEALTH_CONFIDENCE, stator_cusum(&doubt, lacks, 255u - limits->confidence, limits->doubt_limit));
    }
}

/* The sensor: the feature task's. */
static uint32_t bad_halves[3];
static uint32_t good_halves[3];
static uint32_t lost_told;
static uint32_t next_half;

void stator_health_half(const int16_t *samples, uint32_t sequence) {
    static const uint32_t kinds[3] = {STATOR_HEALTH_STUCK, STATOR_HEALTH_CLIPPED, STATOR_HEALTH_OFFSET};
    uint32_t found = 0;
    for (unsigned channel = 0; channel < STATOR_CHANNELS; channel++) {
        found |= stator_sensor_reasons(samples + channel, sequence & 3u, &stator_health_config);
    }
    for (unsigned i = 0; i < 3; i++) {
        bool bad = (found & kinds[i]) != 0;
        bad_halves[i] = bad ? bad_halves[i] + 1u : 0;
        good_halves[i] = bad ? 0 : good_halves[i] + 1u;
        if (bad_halves[i] == BAD_HALVES) {
            put(FEATURE, kinds[i], true);
        } else if (good_halves[i] == GOOD_HALVES) {
            put(FEATURE, kinds[i], false);
        }
    }
    if (sequence != next_half) {
        lost_told = TOLD_FRAMES;
        put(FEATURE, STATOR_HEALTH_LOST, true);
    } else if (lost_told > 0 && --lost_told == 0) {
        put(FEATURE, STATOR_HEALTH_LOST, false);
    }
    next_half = sequence + 1;
}

/* The supervisor's. */
static volatile uint32_t done[STATOR_HEALTH_TASKS]; /* each task's: halves that it is through with */
static volatile uint32_t ticks;                     /* the tick's, both */
static volatile uint32_t halves_at_tick;
static uint32_t ticked; /* the tick of the last step */
static uint32_t quiet;  /* steps since the last half */
static uint32_t halves;
static uint32_t round_steps;
static uint32_t round_of[3]; /* passes of flash, march, answers when the round began */
static volatile uint16_t rounds;
static uint32_t clock_steps;
static uint32_t clock_first; /* how far samples were ahead of ticks when the look began */
static int32_t clock_least;  /* from there */
static int32_t clock_most;
static uint32_t fixed_sum;

void stator_health_alive(enum stator_health_task task, uint32_t sequence) {
    done[task] = sequence + 1u;
}

void stator_health_tick_from_isr(void) {
    halves_at_tick = stator_stream_filled_halves();
    ticks++;
}

uint16_t stator_health_rounds(void) {
    return rounds;
}

/* What is written once before the tasks start (STATOR_FIXED) lies together. */
extern uint8_t __start_stator_fixed[], __stop_stator_fixed[];

static uint32_t sum_of_fixed(void) {
    return stator_crc32(0, __start_stator_fixed, (size_t)(__stop_stator_fixed - __start_stator_fixed));
}

void stator_health_init(void) {
    for (unsigned i = 0; i < OWNERS; i++) {
        words[i] = packed(0);
    }
    memset(bad_halves, 0, sizeof(bad_halves));
    memset(good_halves, 0, sizeof(good_halves));
    memset((void *)(uintptr_t)done, 0, sizeof(done));
    memset(round_of, 0, sizeof(round_of));
    drift = flat = steady = doubt = (struct stator_cusum){0, false};
    ticks = halves_at_tick = 0;
    march_next = lost_told = memory_told = next_half = halves = quiet = ticked = round_steps = clock_steps = flash_sum = frames =
        0;
    fixed_sum = flash_passes = march_passes = answers = rounds = 0;
    put(INFERENCE, STATOR_HEALTH_STARTING, true);
    flash_next = stator_image_begin;
    flash_step(SIZE_MAX);
    do {
        stator_health_march();
    } while (march_next > 0);
}

/* A task that is further behind than its queue is long stands still, or loses what it does. */
static void look_at_tasks(void) {
    static const char *const still[STATOR_HEALTH_TASKS] = {"task feature stands still", "task inference stands still",
                                                           "task telemetry stands still"};
    static const int32_t allowed[STATOR_HEALTH_TASKS] = {4, 6, 10};
    for (unsigned i = 0; i < STATOR_HEALTH_TASKS; i++) {
        if ((int32_t)(halves - done[i]) > allowed[i]) { /* negative where a task came between */
            stator_fail(still[i]);
        }
    }
}

/* Samples against ticks: how far the one is ahead of the other varies by one half, and by more where the clocks do not agree. */
static void look_at_clocks(uint32_t tick) {
    uint32_t now = halves * STATOR_HALF_TICKS - tick * TICK_SAMPLES;
    if (clock_steps == 0) {
        clock_first = now;
        clock_least = clock_most = 0;
    }
    int32_t ahead = (int32_t)(now - clock_first);
    clock_least = ahead < clock_least ? ahead : clock_least;
    clock_most = ahead > clock_most ? ahead : clock_most;
    bool apart = clock_most - clock_least > (int32_t)(STATOR_HALF_TICKS + STATOR_HALF_TICKS / 2u);
    if (apart) {
        put(SUPERVISOR, STATOR_HEALTH_CLOCK, true);
    }
    if (++clock_steps == CLOCK_STEPS || apart) {
        if (!apart) {
            put(SUPERVISOR, STATOR_HEALTH_CLOCK, false);
        }
        clock_steps = 0;
    }
}

/* No half, so no record either: the telemetry task gets something to say. */
static void tell_without_a_half(void) {
    static struct stator_record record;
    record.kind = STATOR_RECORD_HEARTBEAT;
    record.sequence = halves;
    record.timestamp = ticked;
    stator_monitor_close_record(&record);
    (void)!stator_port_send_record(&record);
}

static void look_at_rounds(void) {
    uint32_t now[3] = {flash_passes, march_passes, answers};
    bool all = true;
    for (unsigned i = 0; i < 3; i++) {
        all = all && now[i] != round_of[i];
    }
    if (all) {
        memcpy(round_of, now, sizeof(round_of));
        round_steps = 0;
        rounds++;
    } else if (quiet >= DEAD_STEPS) {
        round_steps = 0; /* RAM and the known answer are looked at frame by frame */
    } else if (++round_steps > ROUND_STEPS) {
        stator_fail("self-test stands still");
    }
}

static void step(uint32_t tick, uint32_t filled) {
    ticked = tick;
    quiet = filled == halves ? quiet + 1u : 0;
    halves = filled;
    put(SUPERVISOR, STATOR_HEALTH_DEAD, quiet >= DEAD_STEPS);
    flash_step(SLICE);
    if (fixed_sum == 0) {
        fixed_sum = sum_of_fixed(); /* the first step: everything has been prepared */
    } else if (sum_of_fixed() != fixed_sum) {
        stator_fail("what never changes in RAM has changed");
    }
    const char *damage = stator_port_damage();
    if (damage) {
        stator_fail(damage);
    }
    if (quiet < DEAD_STEPS) {
        look_at_tasks();
        look_at_clocks(tick);
    } else {
        clock_steps = 0;
        if (quiet % TELL_STEPS == DEAD_STEPS) {
            tell_without_a_half();
        }
    }
#ifdef STATOR_TEMPERATURE
    put(SUPERVISOR, STATOR_HEALTH_TEMPERATURE, !stator_health_temperature_step(tick));
#endif
    look_at_rounds();
    stator_watchdog_feed();
}

void stator_health_poll(void) {
    uint32_t tick;
    uint32_t filled;
    do {
        tick = ticks;
        filled = halves_at_tick;
    } while (tick != ticks);
    if (tick != ticked) {
        step(tick, filled);
    }
}
