"""The process in which atheris looks for files that reach new code: SUFFIX, then libFuzzer's own options and folders."""

from __future__ import annotations

import sys

import atheris


def main() -> None:
    suffix = sys.argv.pop(1)
    with atheris.instrument_imports(include=["stator"]):
        from tests.fuzz.mutants import seeds
        from tests.fuzz.target import taken

        for data in seeds(suffix):  # what is imported when it is needed is imported now
            taken(suffix, data)

    def one(data: bytes) -> None:
        taken(suffix, data)

    atheris.Setup(sys.argv, one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
