/* out[i] = -in[i] for 16 bytes, wrong in one way each: what the checks must find. In broken_<isa>.S. */
#ifndef BROKEN_H
#define BROKEN_H

#include <stdint.h>

struct broken {
    int32_t unused;
};

int broken_none(int8_t *out, const int8_t *in, const struct broken *p);     /* right; takes 16 bytes of stack */
int broken_value(int8_t *out, const int8_t *in, const struct broken *p);    /* the last byte is one too small */
int broken_register(int8_t *out, const int8_t *in, const struct broken *p); /* does not keep a register that is the caller's */
int broken_stack(int8_t *out, const int8_t *in, const struct broken *p);    /* writes into the caller's frame */
int broken_before(int8_t *out, const int8_t *in, const struct broken *p);   /* writes the byte before the output */
int broken_behind(int8_t *out, const int8_t *in, const struct broken *p);   /* writes the byte behind the output */
int broken_input(int8_t *out, const int8_t *in, const struct broken *p);    /* reads the byte behind the input */
int broken_vector(int8_t *out, const int8_t *in, const struct broken *p);   /* the same, of the FPU, where there is one */
int broken_status(int8_t *out, const int8_t *in, const struct broken *p);   /* returns -EINVAL */

#endif
