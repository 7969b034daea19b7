"""`check`: every operator is told about, with what to do; the tables say where their facts are from and leave little open."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stator.board import boards_that, load_board
from stator.costs import predicted
from stator.data import available
from stator.data.archives import unpacked
from stator.errors import ConfigError, ModelError, UnsupportedOperator
from stator.frontends import Seen, Survey, load, tflite
from stator.kernels import PORTABLE
from stator.ops import operators
from stator.passes import optimise
from stator.paths import MODELS
from stator.runtimes import check, names, tables, unknown
from stator.runtimes._remedies import remedy
from stator.runtimes.onnx import written
from stator.schedule import schedule
from stator.spec import load_model_spec
from stator.verb import exit_status, verbs
from stator.verbs import check as verb
from tests.python.tflite_builder import Model


def bad_model(folder: Path) -> Path:
    """A model with a custom operator, a recurrent one and one that is fine."""
    m = Model()
    x = m.tensor((1, 4), scale=0.1, zero_point=0, name="x")
    a, b, d = (m.tensor((1, 4), scale=0.1, zero_point=0, name=name) for name in "abd")
    m.operator("CUSTOM", [x], [a])
    m.operator("RNN", [a, a, a, a, a], [b])
    m.operator("RELU", [b], [d])
    file = folder / "bad.tflite"
    file.write_bytes(m.build([x], [d]))
    return file


def results(model: str | Path, board: str, runtime: str) -> list[dict[str, object]]:
    found = verb.check(str(model), board, runtime)
    assert isinstance(found, list)
    return found


def test_every_operator_that_stator_lacks_is_listed_with_what_to_do(tmp_path: Path) -> None:
    own = results(bad_model(tmp_path), "nrf5340", "stator")[0]
    assert own["verdict"] == "fail"
    listed = {o["op"]: o for o in own["operators"]}  # type: ignore[attr-defined]
    assert [name for name, o in listed.items() if not o["supported"]] == ["CUSTOM(my_operator)", "RNN"]
    assert "firmware/kernels" in listed["CUSTOM(my_operator)"]["remedy"]
    assert "TCN" in listed["RNN"]["remedy"]
    assert "front-end.md" in remedy(Seen(0, "CUSTOM(SignalRfft)", "y", "int16", UnsupportedOperator("signal")))
    assert "--calibrate" in remedy(Seen(0, "CONV_2D", "y", "float32", UnsupportedOperator("float")))
    assert exit_status(verbs()["check"], {"model": str(tmp_path / "bad.tflite"), "board": "nrf5340", "runtime": "all"}) == 1


def test_a_model_that_runs_passes_on_stator_whatever_the_others_say() -> None:
    found = results("bearing", "nrf5340", "all")
    assert [result["runtime"] for result in found] == list(names())
    assert len(found) >= 9
    assert [result.get("verdict") for result in found] == ["pass"] + [None] * (len(found) - 1)
    own = found[0]["operators"]
    assert all(o["supported"] and o["exact"] and o["instructions"] is not None for o in own)  # type: ignore[attr-defined]
    by_name = {str(result["runtime"]): result for result in found}
    assert by_name["snpe"]["runs"] is False and by_name["snpe"]["reasons"]
    assert all(result["sources"] for name, result in by_name.items() if name != "stator")


def test_no_layer_of_an_onnx_file_that_computes_is_called_exact(tmp_path: Path) -> None:
    file = tmp_path / "bearing.onnx"
    file.write_bytes(written(load(MODELS / "bearing" / "bearing.tflite")))
    own = results(file, "nrf5340", "stator")[0]
    exact = {o["op"]: o["exact"] for o in own["operators"]}  # type: ignore[attr-defined]
    assert own["verdict"] == "pass" and not exact["CONV_2D"] and not exact["SOFTMAX"]
    assert "onnxruntime" in str(own["note"])


def test_vela_is_really_asked() -> None:
    ethos = next(r for r in results("bearing", "nrf5340", "ethos-u") if r["runtime"] == "ethos-u")
    assert str(ethos["cost_model"]).startswith("Vela 5")
    assert int(str(ethos["estimated_cycles"])) > 1000
    assert 0 < int(str(ethos["arena_bytes"])) < 100_000


@pytest.mark.data
@pytest.mark.skipif(not available("mlperf_tiny"), reason="no mlperf_tiny (STATOR_DATA)")
def test_predictions_are_near_what_was_measured() -> None:
    """The keyword model with the portable kernels of its day took 16,042,186 instructions on qemu_rv32."""
    graph = optimise(load(unpacked("mlperf_tiny") / "models" / "kws_ref_model.tflite"))
    found = [predicted(graph, step, "riscv") for step in schedule(graph, PORTABLE).steps]
    assert sum(count or 0 for count, _ in found) == pytest.approx(16_042_186, rel=0.2)


def test_at_most_one_fact_in_five_is_unknown() -> None:
    seen = tuple(Seen(i, op, "", "int8") for i, op in enumerate(operators()))
    spec = load_model_spec(next(MODELS.glob("*/*.tflite")))
    for name in boards_that(lambda board: board.core.startswith("cortex-m")):
        board, found = load_board(name), [0, 0]
        for runtime in tables():
            if runtime == "ethos-u":  # asks Vela about the model itself
                continue
            open_, all_ = unknown(check(runtime, spec, board, Survey("x", seen)))
            found = [found[0] + open_, found[1] + all_]
        assert 5 * found[0] <= found[1], f"{name}: {found}"


def test_tables_name_operators_that_exist() -> None:
    from tflite import BuiltinOperator

    known = {name for name in vars(BuiltinOperator) if name.isupper()}
    for table in tables().values():
        for fact in (*table.supported, *table.exact, *table.accelerated):
            assert set(fact.yes) <= known, f"{table.name}: {sorted(set(fact.yes) - known)}"


def test_unknown_runtimes_are_refused_with_the_nearest() -> None:
    with pytest.raises(ConfigError, match="did you mean 'tflm'"):
        verb.check("bearing", "nrf5340", "tflmm")


@settings(max_examples=200, derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.integers(0, 2**20), st.integers(0, 255)), min_size=1, max_size=6), st.integers(0, 3))
def test_a_survey_of_any_bytes_gives_an_answer_or_one_message(changes: list[tuple[int, int]], cut: int) -> None:
    data = bytearray((MODELS / "bearing" / "bearing.tflite").read_bytes())
    for at, value in changes:
        data[at % len(data)] = value
    try:
        found = tflite.survey(bytes(data[: len(data) - cut * 97]), "hostile")
    except ModelError as error:
        assert "hostile" in error.what and error.remedy
        return
    assert found.taken or found.problem is not None or any(seen.problem is not None for seen in found.seen)
