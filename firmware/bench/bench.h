/* The bench: one model on bare metal, without tasks and sensor, so that an inference can be counted and compared.
 *
 * The host puts this in memory at STATOR_SIGNAL_AT before the start (all words little endian):
 *   uint32 magic 0x4e425453 "STBN", runs, inputs, outputs
 *   {uint32 offset, bytes} of each input, then of each output, in the arena
 *   per run, per input: its bytes, padded to 4
 * and reads these lines, each with its CRC-32 as of line.h:
 *   B,board=<name>,sha256=<model>,layers=<n>,overhead=<units>      once; overhead: what reading the counter twice takes
 *   R,<run>,<units>                                                 one inference, overhead included
 *   O,<run>,<output>,<offset in the output>,<bytes in hex>          every byte of every output, in pieces
 *   L,<layer>,<units>,<overhead>                                    per layer, of run 0 again with hooks; <overhead> of one hook
 *   E,<runs>                                                        the end
 *
 * Where the magic is 0x4c525453 "STRL", the second list of segments is what layers write, and a list of uint32, the layer of
 * each, follows it; then there is no R and no L line, and O tells each segment as it stands right after its layer (`stator
 * verify`).
 */
#ifndef STATOR_BENCH_H
#define STATOR_BENCH_H

#include <stdint.h>

/* What the firmware's plan would give: a stack for start-up, and a number that the board's idle sensor driver is compiled with.
 */
#define BENCH_STACK_BYTES 8192
extern uint8_t stator_stack_main[BENCH_STACK_BYTES];
#define STATOR_HALF_TICKS 1u

#endif
