/* The last words of a firmware that cannot go on. */
#ifndef STATOR_FAIL_H
#define STATOR_FAIL_H

/* Prints one line, `FAIL <why>`, by polling and ends the program with status 1, so that a failure costs no time-out.
 * `why`: one line, no newline. Callable from anywhere, interrupts and faults included. Does not return. */
_Noreturn void stator_fail(const char *why);

#endif
