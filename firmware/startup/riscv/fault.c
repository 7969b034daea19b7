/* What an exception says before the firmware ends: entered from the trap entry of the port, on the main stack. */
#include <stddef.h>
#include <stdint.h>

#include "stator/fail.h"
#include "stator/guard.h"
#include "stator/line.h"

_Noreturn void stator_riscv_fault(uint32_t cause, uint32_t pc, uint32_t value);

_Noreturn void stator_riscv_fault(uint32_t cause, uint32_t pc, uint32_t value) {
    static uint8_t text[64];
    struct stator_line line;
    stator_line_begin(&line, text, sizeof(text) - 1);
#ifdef STATOR_GUARD_BYTES
    const char *stack = stator_guard_at ? stator_guard_at(value) : NULL;
    if (stack) {
        stator_line_text(&line, "stack overflow in ");
        stator_line_text(&line, stack);
    } else
#endif
    {
        stator_line_text(&line, "exception ");
        stator_line_decimal(&line, cause);
    }
    stator_line_text(&line, " at ");
    stator_line_hex32(&line, pc);
    stator_line_text(&line, " value ");
    stator_line_hex32(&line, value);
    stator_fail((const char *)text);
}
