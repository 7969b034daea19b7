"""export: the model as another runtime takes it, checked with that runtime's own tool."""

from __future__ import annotations

from pathlib import Path

from stator.errors import ConfigError, StatorError
from stator.files import write_bytes
from stator.runtimes import exporters
from stator.spec import load_model_spec
from stator.verb import Results, console, status, verb
from stator.yamlfile import nearest, shown


@verb(
    help={
        "model": "a folder of models/ or a path to a .tflite or .onnx file",
        "runtime": "what the model shall run on: tflm, onnx or ethos-u",
        "out": "the folder to write to",
    },
    examples=("export --model bearing --runtime tflm --out /tmp/tflm", "export --model bearing --runtime ethos-u --out /tmp/ethos-u"),
)
def export(model: str, runtime: str, out: str) -> Results:
    """Writes what RUNTIME takes into the folder OUT, and runs that runtime's own tool on it.

    tflm: a C array, its operators and the least arena, by the tflite-micro interpreter. onnx: a QDQ file, by onnxruntime. ethos-u: the
    file that Vela compiles.
    """
    known = exporters()
    if runtime not in known:
        raise ConfigError(f"nothing exports to '{runtime[:40]}', {nearest(runtime, known)}", remedy=f"one of: {', '.join(known)}")
    spec, folder = load_model_spec(model), Path(out)
    with status(f"{spec.name}: exporting to {runtime}"):
        made = known[runtime](spec)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StatorError(f"cannot write to {shown(folder)}: {error.strerror}", remedy="another folder by --out") from None
    for name, data in made.files.items():
        write_bytes(folder / name, data)
        console.print(f"{shown(folder / name)}: {len(data):,} B", markup=False, highlight=False)
    for key, value in made.more.items():
        console.print(f"{key}: {value:,}" if isinstance(value, int) and not isinstance(value, bool) else f"{key}: {value}", markup=False)
    for problem in made.problems:
        console.print(problem, markup=False, highlight=False)
    fields: dict[str, object] = {"model": spec.name, "runtime": runtime, "out": str(folder), "files": list(made.files), **made.more}
    return {**fields, "verdict": "fail" if made.problems else "pass", "reasons": list(made.problems)}
