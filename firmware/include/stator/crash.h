/* The last words of a firmware that ended, kept across a reset in memory that start-up does not clear.
 *
 * Two slots take turns. Each ends in a CRC that is written last, so power that goes away in the middle leaves the other slot, or
 * none, and never half a record. Memory after power-on holds anything: what has no right CRC is no record.
 */
#ifndef STATOR_CRASH_H
#define STATOR_CRASH_H

#include "stator/common.h"

#define STATOR_CRASH_WHY 48u /* bytes of the words, the terminating zero among them */

struct stator_crash {
    uint32_t number; /* of the restart that followed, from 1 */
    char why[STATOR_CRASH_WHY];
    uint32_t crc; /* of all before */
};

/* Counts this start. Before anything that may fail; once. */
void stator_crash_init(void);

/* Starts since power came, less one. */
uint32_t stator_crash_restarts(void);

/* Keeps `why`, cut to what fits. Anywhere, faults included; does not block. */
void stator_crash_write(const char *why);

/* Copies the newest record. 0; -ENOENT: there is none. */
STATOR_MUST_CHECK int stator_crash_read(struct stator_crash *crash);

/* Forgets all records: they were told. */
void stator_crash_clear(void);

#endif
