/* Start-up of Armv7-M and Armv8-M, in instructions that Baseline has, too: vectors, .data and .bss, the board, main; and what the
 * core's faults do.
 *
 * The main stack (stator_stack_main in the memory plan) serves start-up and main, then every interrupt. */
#include "stator/board.h"
#include "stator/fail.h"
#include "stator/guard.h"
#include "stator/image.h"
#include "stator/line.h"

#include <stdbool.h>

#include "memory_plan.h"
#include "mpu.h"

extern uint32_t __data_load[], __data_start[], __data_end[], __bss_start[], __bss_end[]; /* link.ld */
extern const uint8_t __image_start[], __image_end[];

const uint8_t *const stator_image_begin = __image_start;
const uint8_t *const stator_image_end = __image_end;
const uint32_t stator_image_sum __attribute__((section(".image_sum"))) = 0; /* the build writes it */

int main(void);
void Reset_Handler(void);
void SVC_Handler(void);
void PendSV_Handler(void);
void SysTick_Handler(void);

static void fault(void);

#define NMI 2u /* where the board has one: the watchdog was not fed */

/* CFSR */
#define STACK_OVERFLOW    (1u << 20)
#define MEMORY_PROTECTION 0x3bu /* on instruction, data, and stacking of registers */
#define ON_STACKING       0x10u
#define ADDRESS_VALID     0x80u
#define MMFAR             (*(volatile uint32_t *)0xe000ed34u)

union vector {
    const void *stack;
    void (*handler)(void);
};

/* The core's sixteen. The board's follow in section .vectors.board. */
const union vector stator_core_vectors[16] __attribute__((section(".vectors.core"), used)) = {
    [0] = {.stack = stator_stack_main + sizeof(stator_stack_main)},
    [1] = {.handler = Reset_Handler},
    [NMI] = {.handler = fault},
    [3] = {.handler = fault}, /* HardFault */
    [4] = {.handler = fault}, /* MemManage */
    [5] = {.handler = fault}, /* BusFault */
    [6] = {.handler = fault}, /* UsageFault */
    [7] = {.handler = fault}, /* SecureFault */
    [11] = {.handler = SVC_Handler},
    [12] = {.handler = fault}, /* DebugMonitor */
    [14] = {.handler = PendSV_Handler},
    [15] = {.handler = SysTick_Handler},
};

/* The first C that runs: no variable of .data or .bss before the loops. */
__attribute__((noreturn, used)) static void start(void) {
    const uint32_t *from = __data_load;
    for (uint32_t *to = __data_start; to < __data_end;) {
        *to++ = *from++;
    }
    for (uint32_t *to = __bss_start; to < __bss_end;) {
        *to++ = 0;
    }
#if defined(__ARM_ARCH_8M_BASE__)
    *(volatile uint32_t *)0xe000ed14u |=
        8u; /* CCR.UNALIGN_TRP: always set there; a core that runs this in its place has to be told */
#endif
    mpu_start();
    stator_board_init();
    (void)main();
    stator_fail("main returned");
}

#if __ARM_ARCH >= 8
#define STACK_LIMIT "msr msplim, r0\n"
#else
#define STACK_LIMIT ""
#endif

/* The compiler uses FPU and vector registers wherever it likes: they are there (CPACR: CP10, CP11) before the first C. */
#if defined(__ARM_FP) || defined(__ARM_FEATURE_MVE)
#define FPU_ON                                                                                                                   \
    "ldr r1, =0xe000ed88\n"                                                                                                      \
    "ldr r2, [r1]\n"                                                                                                             \
    "orr r2, r2, #0xf00000\n"                                                                                                    \
    "str r2, [r1]\n"                                                                                                             \
    "dsb\n"                                                                                                                      \
    "isb\n"
#else
#define FPU_ON ""
#endif

/* Stack limit where the core has one, FPU, then the stack filled with what its high-water mark is read by (0xa5), then C. */
__attribute__((naked, noreturn)) void Reset_Handler(void) {
    __asm__ volatile("ldr r0, =stator_stack_main\n" STACK_LIMIT FPU_ON "mov r1, sp\n"
                     "ldr r2, =0xa5a5a5a5\n"
                     "1: str r2, [r0]\n"
                     "adds r0, r0, #4\n"
                     "cmp r0, r1\n"
                     "blo 1b\n"
                     "b %0\n"
                     ".ltorg"
                     :
                     : "i"(start));
}

/* A stack's end was reached: its limit says so, or its guard. */
static bool overflowed(uint32_t status) {
#ifdef STATOR_GUARD_BYTES
    if ((status & ON_STACKING) != 0 || ((status & ADDRESS_VALID) != 0 && stator_guard_at && stator_guard_at(MMFAR))) {
        return true;
    }
#endif
    return (status & STACK_OVERFLOW) != 0;
}

/* Where it happened and what the core says about it: exception number or what its cause is called, stacked pc, CFSR, HFSR. */
__attribute__((noreturn, used)) static void report(const uint32_t *frame, uint32_t exception) {
    static uint8_t text[80];
    struct stator_line line;
    uint32_t status = *(volatile uint32_t *)0xe000ed28u;
    stator_line_begin(&line, text, sizeof(text) - 1);
    if ((exception & 0x1ffu) == NMI) {
        stator_line_text(&line, "NMI");
    } else if (overflowed(status)) {
        stator_line_text(&line, "stack overflow");
    } else if ((status & MEMORY_PROTECTION) != 0) {
        stator_line_text(&line, "memory protection");
    } else {
        stator_line_text(&line, "exception ");
        stator_line_decimal(&line, exception & 0x1ffu);
    }
    stator_line_text(&line, " pc ");
    stator_line_hex32(&line, frame[6]);
    stator_line_text(&line, " cfsr ");
    stator_line_hex32(&line, status);
    stator_line_text(&line, " hfsr ");
    stator_line_hex32(&line, *(volatile uint32_t *)0xe000ed2cu);
    stator_fail((const char *)text);
}

/* The stack that was in use may be what is broken: its limit is lifted and the main stack starts from its top. */
__attribute__((naked)) static void fault(void) {
    __asm__ volatile("mov r0, lr\n"
                     "lsrs r0, r0, #3\n" /* EXC_RETURN: bit 2 says which stack was in use */
                     "mrs r0, msp\n"
                     "bcc 1f\n"
                     "mrs r0, psp\n"
                     "1: mrs r1, ipsr\n"
                     "ldr r2, =stator_stack_main_top\n"
                     "msr msp, r2\n"
                     "b %0\n"
                     ".ltorg"
                     :
                     : "i"(report));
}
