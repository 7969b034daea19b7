"""All faults of a campaign, two simulators at a time; each outcome is kept as it comes, so that a campaign that was cut off goes on."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from stator.build import Image
from stator.data import load_halves
from stator.errors import ToolError
from stator.faults.gdb import Gone
from stator.faults.judge import DISTURBED, Outcome, Witness, outcome
from stator.faults.kinds import Kind
from stator.faults.session import Session, session
from stator.measure.elf import Elf, read_elf
from stator.sim import qemu
from stator.sim.run import replay
from stator.telemetry import Record

SIGNAL, HALVES = "synthetic:inner", 40  # the window is longer than half of it: a flip does not come round again unseen
READY_TICKS = 44  # window and debouncing are full, and the state is known
TICKS = {"persistent": 104, "transient": 60}  # that a fault is watched for
AFTER_TICKS = 10  # and after it was detected
REFERENCE_FRAMES = 400
AT_ONCE = 2


@dataclass(frozen=True, slots=True)
class Reference:
    """The run without a fault. `alarms`: its records that were not well."""

    records: dict[int, Record]
    alarms: int


def reference(image: Image) -> Reference:
    """Without a debug server, so nothing is stopped. Raises ToolError."""
    records = replay(image.board, image.elf, halves(image), REFERENCE_FRAMES).telemetry.records
    return Reference({r.sequence: r for r in records}, sum(not r.health.well for r in records))


def halves(image: Image) -> qemu.Halves:
    assert image.spec.input is not None
    return load_halves(SIGNAL, image.spec.input)[:HALVES]


def inject(image: Image, elf: Elf, signal: bytes, kind: Kind, number: int, right: Reference) -> Outcome:
    """One fault. The same kind and number give the same fault at the same instruction."""
    seed = f"{kind.name} {number}"
    with tempfile.TemporaryDirectory(prefix="stator-") as folder, session(image.board, elf, signal, Path(folder), seed) as run:
        for _ in range(READY_TICKS + run.rng.randrange(12)):
            run.run_tick()
        witness, put_at, what = Witness.since(run.hear(), run.ticks), run.ticks, "before it was there"
        try:
            what = kind.put(run, image.plan)
            put_at = run.ticks
            witness = Witness.since(run.hear(), put_at, frozenset() if kind.timed else DISTURBED)
            _watch(run, witness, TICKS[kind.duration])
        except Gone as error:
            witness.listen(run.hear(), run.ticks)
            if witness.detected_by is None:
                witness.detected_by, witness.detected_at = f"silence: {error}", run.ticks
        told = run.finish()
    return outcome(kind.name, number, what, kind.duration, witness, put_at, told.records[witness.first[0] :], right.records)


def _watch(run: Session, witness: Witness, ticks: int) -> None:
    end = run.ticks + ticks
    while run.ticks < end:
        run.run_tick()
        witness.listen(run.hear(), run.ticks)
        if witness.detected_at is not None and run.ticks >= witness.detected_at + AFTER_TICKS:
            return


def campaign(image: Image, kinds: Sequence[Kind], each: int, kept: Path, show: Callable[[int], None]) -> tuple[Reference, list[Outcome]]:
    """`each` faults of every kind. `kept`: the file of outcomes, begun anew where it is of another image. Raises ToolError."""
    sha = hashlib.sha256(image.elf.read_bytes()).hexdigest()
    known = {(o.kind, o.number): o for o in read(kept, sha)}
    right = reference(image)
    wanted = [(kind, number) for number in range(each) for kind in kinds]
    open_ = [(kind, number) for kind, number in wanted if (kind.name, number) not in known]
    elf, signal = read_elf(image.elf), qemu.signal_image(halves(image))
    kept.parent.mkdir(parents=True, exist_ok=True)
    if not known:
        kept.write_text(json.dumps({"elf_sha256": sha}) + "\n", encoding="utf-8")
    show(len(wanted) - len(open_))
    with ThreadPoolExecutor(AT_ONCE) as pool, kept.open("a", encoding="utf-8") as file:
        jobs = {pool.submit(inject, image, elf, signal, kind, number, right): (kind, number) for kind, number in open_}
        try:
            for done in as_completed(jobs):
                found = done.result()
                known[found.kind, found.number] = found
                file.write(json.dumps(found.fields()) + "\n")
                file.flush()
                show(sum((kind.name, number) in known for kind, number in wanted))
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return right, [known[kind.name, number] for kind, number in wanted]


def read(kept: Path, sha: str) -> list[Outcome]:
    """What was kept of this image; nothing where the file is of another one. A last line that was cut off is left out."""
    if not kept.is_file():
        return []
    first, *lines = kept.read_text(encoding="utf-8").splitlines() or [""]
    try:
        if json.loads(first).get("elf_sha256") != sha:
            return []
    except (ValueError, AttributeError):
        return []
    found = []
    for line in lines:
        try:
            found.append(Outcome.of(json.loads(line)))
        except (ValueError, TypeError):
            break
    return found


def check(image: Image) -> None:
    """Raises ToolError for a board whose devices the kinds do not know."""
    simulator = image.board.simulator
    if simulator is None or simulator.machine != "mps2-an505":
        raise ToolError(
            f"faults go into boards that are QEMU's mps2-an505, and '{image.board.name}' is none",
            remedy="invoke faults --board mps2_an505; the test suite puts one fault per detector into the host's build",
        )
