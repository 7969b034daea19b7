"""check: will the model run? Per operator, on Stator and on the other runtimes that a team may have to ship on."""

from __future__ import annotations

from rich.table import Table

from stator.board import load_board
from stator.errors import ConfigError
from stator.frontends import survey
from stator.runtimes import OWN, Checked, names, tables, unknown
from stator.runtimes import check as ask
from stator.spec import load_model_spec
from stator.verb import Results, console, verb
from stator.yamlfile import nearest

MARKS = {True: "yes", False: "no", None: "?"}
SHOWN = 40  # operators in the table for people; the JSON has all


@verb(
    help={
        "model": "a folder of models/ or a path to a .tflite, .onnx or .keras file",
        "board": "a folder of boards/ or a path to one",
        "runtime": "runtimes to ask beside Stator, separated by commas, or all",
    },
    examples=("check --model bearing --board nrf5340", "check --model path/to/any.tflite --board nrf5340 --runtime all"),
)
def check(model: str, board: str, runtime: str = OWN) -> Results:
    """Says for each operator of MODEL whether it is supported, exact and accelerated on BOARD's core, what it costs, and what to do.

    Nothing is built. Operators that Stator lacks are all listed. The exit status is Stator's own answer; other runtimes are answered
    from tables of facts with their sources, and Ethos-U by running its compiler.
    """
    the_board, spec = load_board(board), load_model_spec(model)
    wanted = _runtimes(runtime)
    seen = survey(spec.path)
    results: list[dict[str, object]] = []
    answers = [ask(name, spec, the_board, seen) for name in wanted]
    for answer in answers:
        fields: dict[str, object] = {
            "board": the_board.name,
            "model": spec.name,
            "runtime": answer.runtime,
            "version": answer.version,
            "runs": answer.runs,
            "operators": [operator.fields() for operator in answer.operators],
            "sources": list(answer.sources),
            **answer.more,
        }
        if answer.runtime == OWN:
            fields["verdict"] = "fail" if answer.reasons else "pass"
        results.append({**fields, "reasons": list(answer.reasons)})
    _show(spec.name, the_board.name, answers)
    return results


def _runtimes(text: str) -> list[str]:
    """The runtimes that are named, Stator first: the exit status is its answer."""
    known = names()
    asked = [word.strip() for word in text.split(",") if word.strip()]
    if "all" in asked:
        return list(known)
    for word in asked:
        if word not in known:
            raise ConfigError(f"unknown runtime '{word[:40]}', {nearest(word, known)}", remedy=f"all, or some of: {', '.join(known)}")
    return [OWN, *(word for word in dict.fromkeys(asked) if word != OWN)]


def _show(model: str, board: str, answers: list[Checked]) -> None:
    own = answers[0]
    table = Table(title=f"{model} on {board}", title_justify="left")
    for column in ("", "op", "supported", "exact", "accelerated"):
        table.add_column(column)
    for column in ("instructions", "bytes"):
        table.add_column(column, justify="right")
    table.add_column("what to do", overflow="fold")
    trouble = [answer for answer in own.operators if not answer.supported]
    shown = own.operators if len(own.operators) <= SHOWN else (trouble or list(own.operators))[:SHOWN]
    for answer in shown:
        numbers = ["" if n is None else f"{n:,}" for n in (answer.instructions, answer.bytes)]
        marks = (MARKS[answer.supported], MARKS[answer.exact], MARKS[answer.accelerated])
        table.add_row(str(answer.node), answer.op, *marks, *numbers, answer.remedy)
    console.print(table)
    if len(shown) < len(own.operators):
        console.print(f"{len(shown)} of {len(own.operators)} operators are shown; --json FILE has all of them")
    console.print("instructions: predicted, tools/stator/costs.yml; bytes: of weights and tables; accelerated: by a kernel for this core")
    if "note" in own.more:
        console.print(str(own.more["note"]), markup=False, highlight=False)
    for reason in own.reasons:
        console.print(reason, markup=False, highlight=False)
    if len(answers) > 1:
        _compare(answers)


def _compare(answers: list[Checked]) -> None:
    table = Table(title="other runtimes", title_justify="left")
    for column in ("runtime", "version", "runs here", "operators", "exact", "accelerated", "unknown"):
        table.add_column(column, overflow="fold")
    for answer in answers:
        marks = [[getattr(operator, name) for operator in answer.operators] for name in ("supported", "exact", "accelerated")]
        counts = [f"{column.count(True)} of {len(column)}" for column in marks]
        facts = unknown(answer)
        title = tables()[answer.runtime].title if answer.runtime in tables() else "Stator"
        table.add_row(title, answer.version, MARKS[answer.runs], *counts, f"{facts[0]} of {facts[1]}")
    console.print(table)
    for answer in answers[1:]:
        said = [*answer.reasons, *([str(answer.more["note"])] if "note" in answer.more else [])]
        if said:
            console.print(f"{answer.runtime}: {'; '.join(said)}", markup=False, highlight=False)
