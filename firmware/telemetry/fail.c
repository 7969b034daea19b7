#include "stator/fail.h"

#include "stator/board.h"
#include "stator/crash.h"
#include "stator/uart.h"

/* An image that keeps its last words has its own. */
__attribute__((weak)) void stator_crash_write(const char *why) {
    (void)why;
}

_Noreturn void stator_fail(const char *why) {
    stator_crash_write(why);
    stator_uart_panic("\nFAIL "); /* whatever line was being sent ends here */
    stator_uart_panic(why);
    stator_uart_panic("\n");
    stator_board_exit(1);
}
