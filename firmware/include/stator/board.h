/* What start-up and the application ask of a board. boards/<board>/board.c implements this. */
#ifndef STATOR_BOARD_H
#define STATOR_BOARD_H

/* Clocks, flash wait states, power: everything before the drivers. Called by start-up code, after .data and .bss are
 * in place and before main. */
void stator_board_init(void);

/* Ends the program where something outside waits for that (a simulator); on a chip: waits for the watchdog or forever.
 * status 0 is success. Does not return. */
_Noreturn void stator_board_exit(int status);

#endif
