"""faults: a campaign of faults into the running firmware, and what it says of each."""

from __future__ import annotations

from collections import Counter

from rich.table import Table

from stator.board import load_board
from stator.build import Image
from stator.build import build as build_image
from stator.errors import ConfigError
from stator.faults.campaign import Reference, campaign, check
from stator.faults.judge import Outcome
from stator.faults.kinds import Kind
from stator.faults.kinds import kinds as all_kinds
from stator.spec import load_model_spec
from stator.verb import Results, console, progress, verb
from stator.yamlfile import nearest

AT_LEAST = 210


@verb(
    help={
        "board": "a board that is QEMU's mps2-an505: a folder of boards/ or a path to one",
        "model": "a folder of models/ or a path to one",
        "kinds": "NAME[,NAME]: only these kinds of faults (default: all)",
    },
    examples=("faults --board mps2_an505", "faults --board mps2_an505 --kinds weights,hung_task"),
)
def faults(board: str, model: str = "bearing", kinds: str = "") -> Results:
    """Puts faults into MODEL's firmware while it runs on the simulated BOARD, and judges what the firmware says of them.

    Each fault is one run from reset: bits flip in flash, RAM and registers, tasks hang, interrupts and sensors fail, always at the same
    instruction. Outcomes are kept in build/<board>/<model>/faults.jsonl, and a campaign that was interrupted goes on from there.
    """
    chosen = _chosen(kinds)
    image = build_image(load_board(board), load_model_spec(model))
    check(image)
    each = -(-AT_LEAST // len(all_kinds()))
    with progress("putting faults in", each * len(chosen)) as show:
        right, outcomes = campaign(image, chosen, each, image.build_dir / "faults.jsonl", show)
    out = results(image, right, outcomes)
    _show(out)
    return out


def _chosen(names: str) -> list[Kind]:
    known = all_kinds()
    wanted = [n.strip() for n in names.split(",") if n.strip()] or list(known)
    for name in wanted:
        if name not in known:
            raise ConfigError(f"--kinds {name[:60]}: unknown, {nearest(name, tuple(known))}", remedy=", ".join(sorted(known)))
    return [known[name] for name in dict.fromkeys(wanted)]


def results(image: Image, right: Reference, outcomes: list[Outcome]) -> dict[str, object]:
    """The contract's fields."""
    by_kind: dict[str, list[Outcome]] = {}
    for o in outcomes:
        by_kind.setdefault(o.kind, []).append(o)
    healthy = [o for o in outcomes if o.healthy]
    transient = [o for o in outcomes if o.duration == "transient"]
    late = [o for o in outcomes if o.duration == "persistent" and o.detected_s is not None and o.detected_s > 10 and not o.harmless]
    reasons = [f"{o.kind} {o.number} ({o.what}): harmful, and called healthy" for o in healthy]
    reasons += [f"{o.kind} {o.number} ({o.what}): detected only after {o.detected_s:g} s" for o in late]
    if right.alarms:
        reasons.append(f"{right.alarms} records of the run without a fault are not well")
    return {
        "board": image.board.name,
        "model": image.spec.name,
        "faults_injected": len(outcomes),
        "fault_kinds": len(by_kind),
        "faults_detected": sum(o.detected_by is not None for o in outcomes),
        "faults_harmless": sum(o.harmless and o.detected_by is None for o in outcomes),
        "faults_reported_healthy": len(healthy),
        "false_alarms": right.alarms,
        "silent_records": sum(o.silent for o in transient),
        "transient_records": sum(o.records for o in transient),
        "kinds": [_row(name, found) for name, found in by_kind.items()],
        "verdict": "fail" if reasons else "pass",
        "reasons": reasons,
    }


def _row(name: str, found: list[Outcome]) -> dict[str, object]:
    times = sorted(o.detected_s for o in found if o.detected_s is not None)
    by = Counter(str(o.detected_by).split(" pc ")[0] for o in found if o.detected_by is not None)
    return {
        "kind": name,
        "duration": found[0].duration,
        "injected": len(found),
        "detected": len(times),
        "harmless": sum(o.harmless and o.detected_by is None for o in found),
        "reported_healthy": sum(o.healthy for o in found),
        "silent_records": sum(o.silent for o in found),
        "detection_s": {"typical": times[len(times) // 2], "worst": times[-1]} if times else None,
        "detected_by": [f"{reason} ({count})" for reason, count in by.most_common(4)],
    }


def _show(out: dict[str, object]) -> None:
    table = Table(title="faults, and how they were seen", title_justify="left")
    table.add_column("kind")
    for column in ("put in", "detected", "harmless", "called healthy", "typical s", "worst s"):
        table.add_column(column, justify="right")
    table.add_column("detected by")
    for row in out["kinds"]:  # type: ignore[attr-defined]
        times = row["detection_s"] or {"typical": "", "worst": ""}
        numbers = (row[n] for n in ("injected", "detected", "harmless", "reported_healthy"))
        table.add_row(row["kind"], *map(str, numbers), str(times["typical"]), str(times["worst"]), "; ".join(row["detected_by"]))
    console.print(table)
    console.print(
        f"{out['faults_injected']} faults of {out['fault_kinds']} kinds: {out['faults_detected']} detected, "
        f"{out['faults_harmless']} harmless, "
        f"{out['faults_reported_healthy']} called healthy; {out['silent_records']} of {out['transient_records']} records after a transient "
        f"fault say well and are not right; {out['false_alarms']} false alarms"
    )
    console.print(f"verdict: {out['verdict']}")
    for reason in out["reasons"]:  # type: ignore[attr-defined]
        console.print(f"  {reason}")
