"""The front end's tables as C: what `firmware/dsp/features_config.h` declares."""

from __future__ import annotations

from collections.abc import Iterable

from stator.dsp import fixed
from stator.dsp.config import FeaturesConfig, Quantizer

PER_LINE = 8


def emit_config(config: FeaturesConfig, quantizer: Quantizer) -> dict[str, str]:
    """File name -> text. The same configuration gives the same bytes."""
    lines = config.lines
    text = f"""/* Tables of the front end, made from the `features` section of model.yml and the quantization of the model's input. */
#include "dsp/features_config.h"

/* sin(2 pi k / 1024), q31 */
const int32_t stator_dsp_sine[{fixed.SINE_STEPS}] = {{
{_rows(fixed.sine().tolist())}}};

static const uint16_t edges[{len(config.edges)}] = {{
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
