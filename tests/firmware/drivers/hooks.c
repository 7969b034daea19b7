/* Drivers on the host: their register accesses go to functions of the test (tests/python/register_file.py), and so does what they
 * tell the firmware. stator_fail() ends the call that the test made, as it ends the firmware on a chip. */
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include "stator/clock.h"
#include "stator/fail.h"
#include "stator/stream.h"
#include "stator/uart.h"

uint32_t stator_register_read(uint32_t address, unsigned bytes);
void stator_register_write(uint32_t address, uint32_t value, unsigned bytes);
void stator_register_sleep(void);
void stator_csr_write(uint32_t number, uint32_t value);
void stator_csr_set(uint32_t number, uint32_t bits);
void nuclei_interrupts_off(void);

struct hooks {
    uint32_t (*read)(uint32_t address, unsigned bytes);
    void (*write)(uint32_t address, uint32_t value, unsigned bytes);
    void (*csr)(uint32_t number, uint32_t value, int set);
    void (*filled)(unsigned index, uint64_t timestamp, uint32_t entered_at);
    void (*sent)(void);
};
struct hooks hooks;
char hooks_failure[128]; /* why stator_fail() was called in the last hooks_call(); empty: it was not */
static jmp_buf call;

int hooks_call(int (*function)(void));

/* Calls the function; -1000 if it came to stator_fail(). */
int hooks_call(int (*function)(void)) {
    hooks_failure[0] = '\0';
    return setjmp(call) == 0 ? function() : -1000;
}

uint32_t stator_register_read(uint32_t address, unsigned bytes) {
    return hooks.read(address, bytes);
}

void stator_register_write(uint32_t address, uint32_t value, unsigned bytes) {
    hooks.write(address, value, bytes);
}

void stator_register_sleep(void) {
    longjmp(call, 1);
}

void stator_csr_write(uint32_t number, uint32_t value) {
    hooks.csr(number, value, 0);
}

void stator_csr_set(uint32_t number, uint32_t bits) {
    hooks.csr(number, bits, 1);
}

void nuclei_interrupts_off(void) {}

void stator_stream_filled(unsigned index, uint64_t timestamp, uint32_t entered_at) {
    hooks.filled(index, timestamp, entered_at);
}

void stator_uart_sent_from_isr(void) {
    hooks.sent();
}

_Noreturn void stator_fail(const char *why) {
    strncpy(hooks_failure, why, sizeof(hooks_failure) - 1);
    longjmp(call, 1);
}

/* Where the board's counter is not a register but a CSR. */
__attribute__((weak)) uint32_t stator_clock_now(void) {
    return 4711;
}
