#include "stator/fail.h"

#include "stator/board.h"
#include "stator/uart.h"

_Noreturn void stator_fail(const char *why) {
    stator_uart_panic("\nFAIL "); /* whatever line was being sent ends here */
    stator_uart_panic(why);
    stator_uart_panic("\n");
    stator_board_exit(1);
}
