/* Kernels on a simulated board: runs calls that tests/python/board_kernels.py prints, and says on the serial port what was wrong.
 *
 * Lines: `D,<case>,<stack bytes>` a case in order; `W,<case>,<what>` something wrong; `FAULT,<case>,<address>`; `END,<cases>`.
 */
#ifndef CHECK_H
#define CHECK_H

#include <stddef.h>
#include <stdint.h>

#define CHECK_TENSORS 4
#define CHECK_TABLES  6

typedef int check_function(void *, void *, void *, void *, void *, void *, void *, void *);

struct check_bytes {
    const uint8_t *data;
    uint32_t bytes;
};

/* A table of the kernel: `where` is the pointer to it in the kernel's struct. */
struct check_table {
    const void **where;
    struct check_bytes is;
};

/* One call of a kernel with one output. Arguments: out, inputs, p, and scratch where scratch_bytes is not 0. */
struct check_case {
    check_function *function;
    void *p;
    struct check_bytes want;
    struct check_bytes inputs[CHECK_TENSORS];
    uint32_t input_count;
    struct check_table tables[CHECK_TABLES];
    uint32_t table_count;
    uint32_t scratch_bytes;
    int32_t over; /* 1: the output lies over input 0, `distance` bytes from its start */
    int32_t distance;
    uint32_t unit; /* what output and inputs are aligned to, 1 where it is 0 */
};

/* What a run finds besides the values. */
struct seen {
    uint32_t registers;
    uint32_t stack_bytes;
};

uint32_t checked_call(check_function *f, void *const *args, struct seen *seen);

/* The calls of a test: generated. */
extern const struct check_case check_cases[];
extern const uint32_t check_case_count;

#endif
