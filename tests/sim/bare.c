/* The least program that speaks on the serial port of a simulated board: it says what SCRIPT says, then ends or hangs. */
#include <stdint.h>

#if defined(__arm__)
#define DATA    (*(volatile uint32_t *)0x50200000u)
#define CONTROL (*(volatile uint32_t *)0x50200008u)
#define DIVIDER (*(volatile uint32_t *)0x50200010u)
extern char stack_top[];
void entry(void);
__attribute__((section(".vectors"), used)) static void *const vectors[2] = {stack_top, (void *)entry};
#else
#define DATA (*(volatile uint8_t *)0x10000000u)
#endif

static const char script[] = SCRIPT; /* zero bytes too */

__attribute__((used)) static void say(void) {
#if defined(__arm__)
    DIVIDER = 16;
    CONTROL = 1;
#endif
    for (const char *c = script; c != script + sizeof(script) - 1; c++) {
        DATA = (uint8_t)*c;
    }
#if defined(SIGNAL_AT)
    const uint32_t *signal = (const uint32_t *)SIGNAL_AT;
    const char good[] = "heard";
    if (signal[0] == 0x54415453u && signal[1] == 2 && signal[16] == 0xfffe0001u) {
        for (const char *c = good; *c != 0; c++) {
            DATA = (uint8_t)*c;
        }
        DATA = '\n';
    }
#endif
    for (;;) {
    }
}

#if defined(__arm__)
void entry(void) {
    say();
}
#else
__attribute__((naked, section(".text.start"))) void entry(void) {
    __asm__ volatile("la sp, stack_top\n j say");
}
#endif
