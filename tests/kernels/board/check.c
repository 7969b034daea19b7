#include "check.h"

#include <string.h>

/* EDGE_LOW, EDGE_END: memory that ends where nothing is; a read past it faults. On Arm nothing lies before it either. */
#if defined(__arm__)
#if defined(__ARM_FEATURE_MVE)
#define EDGE_LOW 0x31000000u /* SRAM of AN547: 4 MiB */
#define EDGE_END 0x31400000u
#define UART     0x59303000u
#elif __ARM_ARCH == 7
#define EDGE_LOW 0x21000000u /* PSRAM of AN385: 16 MiB; the MPU makes its edges, QEMU reads zeros beyond them */
#define EDGE_END 0x22000000u
#define UART     0x40004000u
#else
#define EDGE_LOW 0x80000000u /* PSRAM of AN505: 16 MiB */
#define EDGE_END 0x81000000u
#define UART     0x50200000u
#endif
#define LOW_IS_EDGE  1
#define UART_DATA    (*(volatile uint32_t *)UART)
#define UART_CONTROL (*(volatile uint32_t *)(UART + 0x08u))
#define UART_DIVIDER (*(volatile uint32_t *)(UART + 0x10u))
#elif defined(CHECK_RTL)
#define EDGE_LOW    0x20000000u /* tests/python/board_kernels.py makes the RAM so large */
#define EDGE_END    0x20800000u
#define LOW_IS_EDGE 0
#define UART_DATA   (*(volatile uint32_t *)0x40000004u)
#else
#define EDGE_LOW    0x84000000u /* RAM of QEMU's virt: 128 MiB from 0x80000000 */
#define EDGE_END    0x88000000u
#define LOW_IS_EDGE 0
#define UART_DATA   (*(volatile uint8_t *)0x10000000u)
#endif
#define WORK  (EDGE_LOW + 0x200000u) /* outputs, scratch and inputs that lie at no edge */
#define GUARD 64u

void check_main(void);
void check_fault(uint32_t address);

static uint32_t current;

static void text(const char *s) {
    for (; *s; s++) {
        UART_DATA = (uint8_t)*s;
    }
}

static void number(int32_t value) {
    char digits[12];
    int n = 0;
    uint32_t rest = value < 0 ? 0u - (uint32_t)value : (uint32_t)value;
    do {
        digits[n++] = (char)('0' + rest % 10u);
        rest /= 10u;
    } while (rest);
    if (value < 0) {
        digits[n++] = '-';
    }
    while (n) {
        UART_DATA = (uint8_t)digits[--n];
    }
}

static void wrong(const char *what, int32_t a, int32_t b, int32_t c) {
    text("W,");
    number((int32_t)current);
    text(",");
    text(what);
    text(" ");
    number(a);
    text(" ");
    number(b);
    text(" ");
    number(c);
    text("\n");
}

void check_fault(uint32_t address) {
    text("FAULT,");
    number((int32_t)current);
    text(",");
    number((int32_t)address);
    text("\n");
    for (;;) {
    }
}

static uint8_t noise(uint32_t i) {
    return (uint8_t)(i * 167u + 91u);
}

static uint8_t *guarded(uint8_t *at, uint32_t bytes) {
    for (uint32_t i = 0; i < bytes + 2 * GUARD; i++) {
        at[i] = noise(i);
    }
    return at + GUARD;
}

static void guards(const char *what, const uint8_t *data, uint32_t bytes) {
    const uint8_t *at = data - GUARD;
    for (uint32_t i = 0; i < GUARD; i++) {
        if (at[i] != noise(i)) {
            wrong(what, (int32_t)i - (int32_t)GUARD, noise(i), at[i]);
            return;
        }
        if (at[GUARD + bytes + i] != noise(GUARD + bytes + i)) {
            wrong(what, (int32_t)(bytes + i), noise(GUARD + bytes + i), at[GUARD + bytes + i]);
            return;
        }
    }
}

static uint8_t *edge(struct check_bytes is, int low) {
    return memcpy((uint8_t *)(low ? EDGE_LOW : EDGE_END - is.bytes), is.data, is.bytes);
}

/* Runs a case with what lies at an edge: input number `input`, or table number `table`, or nothing (-1). */
static uint32_t run(const struct check_case *c, int input, int table, int low) {
    uint8_t *at = (uint8_t *)WORK;
    void *args[8] = {0};
    uint32_t n = 1;
    uint32_t span = c->want.bytes;
    const int32_t behind = c->over && c->distance > 0 ? c->distance : 0;
    const int32_t ahead = c->over && c->distance < 0 ? -c->distance : 0;
    if (c->over) {
        const uint32_t first = (uint32_t)ahead + c->inputs[0].bytes;
        span = (uint32_t)behind + c->want.bytes;
        span = span < first ? first : span;
    }
    const uint32_t unit = c->unit ? c->unit : 1;
    uint8_t *block = guarded(at + (current & 3u) * unit, span); /* no other alignment is promised */
    uint8_t *out = block + behind;
    args[0] = out;
    at += (span + 2 * GUARD + 63u + 4u * unit) & ~63u;
    for (uint32_t i = 0; i < c->input_count; i++) {
        if (i == 0 && c->over) {
            args[n++] = memcpy(block + ahead, c->inputs[0].data, c->inputs[0].bytes);
        } else if ((int)i == input) {
            args[n++] = edge(c->inputs[i], low);
        } else {
            args[n++] = memcpy(at + (current / 4u & 3u) * unit, c->inputs[i].data, c->inputs[i].bytes);
            at += (c->inputs[i].bytes + 63u + 4u * unit) & ~63u;
        }
    }
    for (uint32_t i = 0; i < c->table_count; i++) {
        *c->tables[i].where = (int)i == table ? edge(c->tables[i].is, low) : c->tables[i].is.data;
    }
    args[n++] = c->p;
    uint8_t *scratch = NULL;
    if (c->scratch_bytes) {
        args[n++] = scratch = guarded(at + 8, c->scratch_bytes); /* aligned to 8, no more */
    }
    struct seen seen;
    const uint32_t status = checked_call(c->function, args, &seen);
    if (status) {
        wrong("status", (int32_t)status, 0, 0);
    }
    if (seen.registers) {
        wrong("registers", (int32_t)seen.registers, 0, 0);
    }
    for (uint32_t i = 0; i < c->want.bytes; i++) {
        if (out[i] != c->want.data[i]) {
            wrong("value", (int32_t)i, (int8_t)c->want.data[i], (int8_t)out[i]);
            break;
        }
    }
    guards("out", block, span);
    if (scratch) {
        guards("scratch", scratch, c->scratch_bytes);
    }
    return seen.stack_bytes;
}

extern uint8_t data_start[], data_end[], data_load[];

#if defined(__arm__) && __ARM_ARCH == 7
/* No access to `bytes` (a power of 2) from `at` on, which is a multiple of them. */
static void forbid(uint32_t region, uint32_t at, uint32_t bytes) {
    *(volatile uint32_t *)0xe000ed9cu = at | 1u << 4 | region;                                     /* RBAR */
    *(volatile uint32_t *)0xe000eda0u = 1u << 28 | ((uint32_t)__builtin_ctz(bytes) - 1) << 1 | 1u; /* RASR */
    *(volatile uint32_t *)0xe000ed94u = 5;                                                         /* CTRL: all else as without */
    __asm__ volatile("dsb\n isb" ::: "memory");
}
#endif

void check_main(void) {
    memcpy(data_start, data_load, (size_t)(data_end - data_start));
#if defined(__arm__)
    UART_DIVIDER = 16;
    UART_CONTROL = 1;
#endif
#if defined(__ARM_ARCH_8M_BASE__)
    *(volatile uint32_t *)0xe000ed14u |= 8u; /* CCR.UNALIGN_TRP: always set there; the core that runs this has to be told */
#endif
#if defined(__arm__) && __ARM_ARCH == 7
    forbid(0, EDGE_LOW - 0x800000u, 0x800000u);
    forbid(1, EDGE_END, 0x1000000u);
#endif
    for (current = 0; current < check_case_count; current++) {
        const struct check_case *c = &check_cases[current];
        uint32_t stack = run(c, -1, -1, 0);
        for (int low = 0; low <= LOW_IS_EDGE && !c->over; low++) {
            for (uint32_t i = 0; i < c->input_count; i++) {
                (void)run(c, (int)i, -1, low);
            }
            for (uint32_t i = 0; i < c->table_count; i++) {
                (void)run(c, -1, (int)i, low);
            }
        }
        text("D,");
        number((int32_t)current);
        text(",");
        number((int32_t)stack);
        text("\n");
    }
    text("END,");
    number((int32_t)check_case_count);
    text("\n");
    for (;;) {
    }
}

#if defined(__arm__)
extern char stack_top[];

#if __ARM_ARCH == 7
#define FAULT_ADDRESS 0xe000ed34u /* MMFAR */
#else
#define FAULT_ADDRESS 0xe000ed38u /* BFAR */
#endif

static void fault(void) {
    check_fault(*(volatile uint32_t *)FAULT_ADDRESS);
}

void entry(void);
__attribute__((naked)) void entry(void) {
#if defined(__ARM_FP)
    __asm__ volatile("ldr r0, =0xe000ed88\n ldr r1, [r0]\n orr r1, r1, #0xf00000\n str r1, [r0]\n dsb\n isb"); /* CPACR: FPU */
#endif
    __asm__ volatile("b check_main\n .ltorg");
}

__attribute__((section(".vectors"), used)) static void *const vectors[16] = {
    stack_top, (void *)entry, (void *)fault, (void *)fault, (void *)fault, (void *)fault, (void *)fault, (void *)fault};
#else
__attribute__((interrupt("machine"), used, aligned(256))) static void fault(void) {
    uint32_t address;
    __asm__ volatile("csrr %0, mtval" : "=r"(address));
    check_fault(address);
}

void entry(void);
__attribute__((naked, section(".text.start"))) void entry(void) {
    __asm__ volatile("la sp, stack_top\n la t0, fault\n csrw mtvec, t0\n"
#if defined(CHECK_RTL)
                     "li t0, 1 << 31\n csrw mie, t0\n csrsi mstatus, 8\n" /* bus errors: tools/stator/sim/rtl/cv32e40p.sv */
#endif
                     "j check_main");
}
#endif
