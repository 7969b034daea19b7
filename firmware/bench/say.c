#include "say.h"

#include "stator/fail.h"
#include "stator/stream.h"
#include "stator/uart.h"

#define PIECE_BYTES 256u

void bench_begin(struct stator_line *line, const char *kind) {
    static uint8_t text[2u * PIECE_BYTES + 128u];
    stator_line_begin(line, text, sizeof(text) - 1u);
    stator_line_text(line, kind);
}

void bench_field(struct stator_line *line, const char *name, uint32_t value) {
    stator_line_text(line, name);
    stator_line_decimal(line, value);
}

void bench_send(struct stator_line *line) {
    if (stator_line_end(line) < 0) {
        stator_fail("bench line does not fit");
    }
    line->data[line->bytes] = '\0';
    stator_uart_panic((const char *)line->data);
}

void bench_bytes(uint32_t run, uint32_t output, const int8_t *data, uint32_t bytes) {
    for (uint32_t at = 0; at < bytes; at += PIECE_BYTES) {
        struct stator_line line;
        bench_begin(&line, "O");
        bench_field(&line, ",", run);
        bench_field(&line, ",", output);
        bench_field(&line, ",", at);
        stator_line_text(&line, ",");
        stator_line_hex(&line, data + at, bytes - at < PIECE_BYTES ? bytes - at : PIECE_BYTES);
        bench_send(&line);
    }
}

/* The board's sensor driver and interrupts are linked, and never started. */
void stator_stream_filled(unsigned index, uint64_t timestamp, uint32_t entered_at) {
    (void)index;
    (void)timestamp;
    (void)entered_at;
    stator_fail("the bench has no stream");
}

void stator_uart_sent_from_isr(void) {
    stator_fail("the bench sends by polling");
}

#if defined(__riscv)
void stator_trap_entry(void);
__attribute__((interrupt("machine"))) void stator_trap_entry(void) {
    stator_fail("trap");
}
#else
void SVC_Handler(void);
void PendSV_Handler(void);
void SysTick_Handler(void);
void SVC_Handler(void) {
    stator_fail("SVC");
}
void PendSV_Handler(void) {
    stator_fail("PendSV");
}
void SysTick_Handler(void) {
    stator_fail("SysTick");
}
#endif
