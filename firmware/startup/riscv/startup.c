/* Start-up of RISC-V after _start: .data and .bss, the board, main. */
#include <stdint.h>

#include "stator/board.h"
#include "stator/fail.h"
#include "stator/image.h"

extern uint32_t __data_load[], __data_start[], __data_end[], __bss_start[], __bss_end[]; /* link.ld */
extern const uint8_t __image_start[], __image_end[];

const uint8_t *const stator_image_begin = __image_start;
const uint8_t *const stator_image_end = __image_end;
const uint32_t stator_image_sum __attribute__((section(".image_sum"))) = 0; /* the build writes it */

int main(void);
_Noreturn void stator_start(void);

/* The first C that runs: no variable of .data or .bss before the loops. */
_Noreturn void stator_start(void) {
    const uint32_t *from = __data_load;
    for (uint32_t *to = __data_start; to < __data_end;) {
        *to++ = *from++;
    }
    for (uint32_t *to = __bss_start; to < __bss_end;) {
        *to++ = 0;
    }
    stator_board_init();
    (void)main();
    stator_fail("main returned");
}
