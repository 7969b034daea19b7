"""Kernel variants written for a core, on that core's simulator: right values, and nothing touched that is not theirs."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from stator.ops import KernelCall
from tests.python.board_kernels import FOLDER, MACHINES, Case, Machine, run

pytestmark = pytest.mark.sim

BROKEN = ("none", "value", "register", "stack", "before", "behind", "input", "status")
SAID = {
    "none": "",
    "value": "value 15 ",
    "register": "registers 16",  # r8
    "stack": "registers 512",
    "before": "out -1 ",
    "behind": "out 16 ",
    "input": "fault ",
    "status": "status -22",
}


@pytest.fixture(params=sorted(MACHINES))
def machine(request: pytest.FixtureRequest) -> Machine:
    found = MACHINES[request.param]
    for program in (found.program, found.compiler[0]):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")
    return found


@pytest.mark.parametrize("how", BROKEN)
def test_a_broken_kernel_is_found(machine: Machine, how: str, tmp_path: Path) -> None:
    """A kernel that negates 16 bytes, and is wrong in one way."""
    x = np.arange(16, dtype=np.int8)
    call = KernelCall("broken", "broken.h", "broken", (0,), (1,), ())
    case = Case(f"broken_{how}", call, (x,), (-x).tobytes())
    (finding,) = run(machine, tmp_path, [FOLDER / machine.caller.replace("checked_call", "broken")], [case])
    if how == "none":
        assert finding.wrong == ()
        assert finding.stack_bytes == 16
    else:
        assert any(said.startswith(SAID[how]) for said in finding.wrong), finding
