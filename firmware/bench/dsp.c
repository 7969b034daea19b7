/* The routines of the front end one by one, so that each can be counted and its output judged. `stator bench --kernels` drives
 * it.
 *
 * The host puts this in memory at STATOR_SIGNAL_AT before the start (all words little endian):
 *   uint32 magic 0x53445453 "STDS", calls
 *   {uint32 routine, a, b, c, input bytes (a multiple of 8), output bytes} of each call
 *   the input of each call
 * and reads, each with its CRC-32 as of line.h:
 *   R,<call>,<units>                             what the call took, reading the counter and finding the routine included
 *   O,<call>,0,<offset in the output>,<hex>      its output
 *   E,<calls>                                    the end
 */
#include "say.h"

#include "dsp/envelope.h"
#include "dsp/fft.h"
#include "dsp/fft_q15.h"
#include "dsp/fixed.h"
#include "dsp/loops.h"
#include "dsp/mel.h"
#include "stator/board.h"
#include "stator/clock.h"
#include "stator/fail.h"
#include "stator/uart.h"

#define MAGIC 0x53445453u

struct call {
    uint32_t routine; /* 0: nothing, which tells what calling takes */
    int32_t a, b, c;
    uint32_t in_bytes;
    uint32_t out_bytes;
};

struct order {
    uint32_t magic;
    uint32_t calls;
    struct call call[];
};

static int32_t out[2u * 1024u];

static void run(const struct call *call, const void *in) {
    switch (call->routine) {
    case 1:
        stator_fft(out, in, (uint32_t)call->a, call->b);
        break;
    case 2:
        stator_real_fft(out, in, (uint32_t)call->a, (uint32_t)call->b);
        break;
    case 3:
        stator_frame_fft(out, in, call->a, call->b, (uint32_t)call->c);
        break;
    case 4:
        (void)stator_loop_magnitudes(out, in, (uint32_t)call->a);
        break;
    case 5:
        for (int32_t i = 0; i < call->a; i++) {
            out[i] = stator_log2_q8(((const uint64_t *)in)[i]);
        }
        break;
    case 6:
        (void)stator_envelope(out, in);
        break;
    case 7: /* the bands' edges lie behind the bins */
        stator_mel_bands(out, in, (const uint16_t *)((const int32_t *)in + 2 * call->b), (uint32_t)call->a);
        break;
    case 8:
        stator_rfft_q15(out, in, call->a, (uint32_t)call->b);
        break;
    case 9:
        stator_frame_rfft_q15(out, in, call->a, call->b, (uint32_t)call->c);
        break;
    default:
        break;
    }
}

int main(void) {
    const struct order *order = (const struct order *)STATOR_SIGNAL_AT;
    stator_uart_init();
    stator_clock_start();
    if (order->magic != MAGIC) {
        stator_fail("no calls in memory: the simulator must load them (stator bench does)");
    }
    const uint8_t *in = (const uint8_t *)&order->call[order->calls];
    struct stator_line line;
    for (uint32_t i = 0; i < order->calls; i++) {
        const struct call *call = &order->call[i];
        if (call->out_bytes > sizeof(out)) {
            stator_fail("an output is too large");
        }
        uint32_t start = stator_clock_now();
        run(call, in);
        uint32_t took = stator_clock_now() - start;
        bench_begin(&line, "R");
        bench_field(&line, ",", i);
        bench_field(&line, ",", took);
        bench_send(&line);
        bench_bytes(i, 0, (const int8_t *)out, call->out_bytes);
        in += call->in_bytes;
    }
    bench_begin(&line, "E");
    bench_field(&line, ",", order->calls);
    bench_send(&line);
    stator_board_exit(0);
}
