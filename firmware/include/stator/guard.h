/* Guards at the ends of stacks, where a core has memory protection but no limit of its stack pointer: the lowest bytes of a stack
 * cannot be written, so whatever runs past its end faults at once, and the bytes are read as before (marks, high-water marks).
 * On boards without them nothing here is used: STATOR_GUARD_BYTES is not defined there (stator.board, guard_bytes). */
#ifndef STATOR_GUARD_H
#define STATOR_GUARD_H

#include <stdint.h>

#ifdef STATOR_GUARD_BYTES
/* Guards the stack whose lowest byte this is, a multiple of STATOR_GUARD_BYTES, until the next reset. After it was filled. At
 * most five stacks. */
void stator_guard_stack(const uint8_t *lowest);

/* The name of the stack whose guard holds this address, or NULL. The port's; images without one have no guards. */
const char *stator_guard_at(uintptr_t address) __attribute__((weak));
#endif

#endif
