"""The front end's tables as C: what `firmware/dsp/features_config.h` declares."""

from __future__ import annotations

from collections.abc import Iterable

from stator.dsp import fixed, q15
from stator.dsp.config import FeaturesConfig, Quantizer
from stator.dsp.lowpass import taps

PER_LINE = 8
SPECTRUM = {
    "q15": "stator_frame_rfft_q15(z, half, mean, peak, STATOR_SPECTRUM_BINS);",
    "q31": "stator_frame_fft(z, half, mean, stator_room(peak, 0), STATOR_SPECTRUM_BINS);",
}
"""What finds a frame's spectrum, by `fft` of model.yml."""
LOWPASS = """/* the low-pass filter's middle and one side, q15 */
const int16_t stator_dsp_lowpass[STATOR_LOWPASS_REACH + 1u] = {{
{rows}}};

"""


def emit_config(config: FeaturesConfig, quantizer: Quantizer) -> dict[str, str]:
    """File name -> text. The same configuration gives the same bytes."""
    lines = config.lines
    turns, split = q15.turns(), q15.split()
    steps = max(config.block, 1024)
    lowpass = LOWPASS.format(rows=_rows(taps(config.decimation).tolist())) if config.decimation > 1 else ""
    text = f"""/* Tables of the front end, made from the `features` section of model.yml and the quantization of the model's input. */
#include "dsp/features_config.h"

#include "dsp/decimate.h"
#include "dsp/fft.h"
#include "dsp/fft_q15.h"
#include "dsp/fixed.h"

void stator_spectrum(int32_t *z, const int16_t *half, int32_t mean, int32_t peak) {{
    {SPECTRUM[config.fft]}
}}

/* sin(2 pi k / {steps}), q31 */
const int32_t stator_dsp_sine[{steps}] = {{
{_rows(fixed.sine()[:: fixed.SINE_STEPS // steps].tolist())}}};

/* cosines and sines, q14 */
const int16_t stator_dsp_turns_q15[{turns.size}] __attribute__((aligned(8))) = {{
{_rows(turns.reshape(-1).tolist())}}};

/* 1 less sines, and cosines, q13 */
const int16_t stator_dsp_split_q15[{split.size}] __attribute__((aligned(8))) = {{
{_rows(split.reshape(-1).tolist())}}};

{lowpass}static const uint16_t edges[{len(config.edges)}] = {{
{_rows(config.edges)}}};

static const uint16_t envelope_first[{len(config.envelope_first)}] = {{
{_rows(config.envelope_first)}}};

static const struct stator_features_line lines[{len(lines)}] = {{
{"".join(f"    {{{line.at}, {line.below}, {line.above}, {line.bins}}},{chr(10)}" for line in lines)}}};

const struct stator_features_config stator_features_config = {{
    .columns = {config.columns},
    .work_bytes = {config.work_bytes},
    .bands = {config.spectrum_bands},
    .edges = edges,
    .envelopes = {len(config.envelope_first)},
    .envelope_first = envelope_first,
    .lines = {len(lines)},
    .line = lines,
    .multiplier = {quantizer.multiplier},
    .zero_point = {quantizer.zero_point},
}};
"""
    return {"features_config.c": text}


def _rows(values: Iterable[int]) -> str:
    cells = [str(v) for v in values]
    return "".join("    " + ", ".join(cells[i : i + PER_LINE]) + ",\n" for i in range(0, len(cells), PER_LINE))
