"""Third-party notices of an image: who else's code was linked, and under which terms. Read from the link map, never from a list.

The map says which objects and which members of libraries were linked, and the build's compile_commands.json which sources the
project's own objects and libraries came from. The texts come from the crate of a source and from the package of a library.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from xml.etree import ElementTree

from stator.board import Board
from stator.cmake import freertos_folder
from stator.crates import crate
from stator.errors import ToolError

DOC = Path("/usr/share/doc")
RUNTIME_EXCEPTION = (
    "GPL-3.0-or-later with the GCC Runtime Library Exception 3.1, which permits images that were compiled with GCC to be distributed "
    "under terms of your choice."
)


def notice(map_file: Path, board: Board) -> str:
    """The text of NOTICE for the image that `map_file` belongs to, which lies in its build folder. Raises ToolError."""
    text = map_file.read_text(encoding="utf-8", errors="replace")
    sources = linked_sources(text, json.loads((map_file.parent / "compile_commands.json").read_text(encoding="utf-8")))
    parts = [*_crates(sources), *_kernel(sources), *_registers(board), *_libraries(text, board.isa)]
    head = f"This image holds Stator (Apache-2.0, see its LICENSE) and what follows. Found in {map_file.name}.\n"
    return "\n".join([head, *(f"{'=' * 80}\n{title}\n{'=' * 80}\n\n{terms.strip()}\n" for title, terms in parts)])


def linked_sources(text: str, compiled: Sequence[Mapping[str, str]]) -> tuple[Path, ...]:
    """The sources of what was linked. `compiled`: the entries of compile_commands.json, with `directory`, `file` and `output`."""
    objects = set(re.findall(r"^LOAD (\S+)$", text, re.M))
    members = set(re.findall(r"^lib([^/\s(]+)\.a\(([^)\s]+)\)", text, re.M))
    found = set()
    for entry in compiled:
        output = entry["output"].removeprefix(f"{entry['directory']}/")
        target = re.search(r"CMakeFiles/([^/]+)\.dir/", output)
        if output in objects or (target and (target[1], Path(output).name) in members):
            found.add(Path(entry["file"]))
    return tuple(sorted(found))


def linked_crates(sources: Sequence[Path]) -> tuple[str, ...]:
    """The folders <name>-<version> of cargo's that hold any of the sources."""
    matches = (re.search(r"/registry/src/[^/]+/([^/]+-\d[^/]*)/", str(source)) for source in sources)
    return tuple(sorted({match[1] for match in matches if match}))


def linked_members(text: str) -> Mapping[Path, tuple[str, ...]]:
    """The members that were taken from libraries outside the build folder, by library."""
    found: dict[Path, set[str]] = {}
    for library, member in re.findall(r"^(/\S+\.a)\(([^)\s]+)\)", text, re.M):
        found.setdefault(Path(library).resolve(), set()).add(member)
    return {library: tuple(sorted(members)) for library, members in sorted(found.items())}


def _crates(sources: Sequence[Path]) -> Iterator[tuple[str, str]]:
    """For each crate, the licence that lies nearest above each of its linked sources."""
    for name_version in linked_crates(sources):
        name, _, version = name_version.rpartition("-")
        folder = crate(name)
        inside = {folder / str(source).partition(f"/{name_version}/")[2] for source in sources if f"/{name_version}/" in str(source)}
        licences = {_nearest_licence(source, folder) for source in inside}
        if None in licences:
            raise ToolError(f"crate {name} {version} is linked and has no licence file", remedy="do not ship it before its terms are known")
        for licence in sorted(filter(None, licences)):
            yield (
                f"{licence.parent.name if licence.parent != folder else name} (crate {name} {version})",
                licence.read_text(encoding="utf-8"),
            )


def _nearest_licence(source: Path, top: Path) -> Path | None:
    for folder in source.parents:
        if found := sorted(folder.glob("LICENSE*")):
            return found[0]
        if folder == top:
            break
    return None


def _kernel(sources: Sequence[Path]) -> Iterator[tuple[str, str]]:
    """The RTOS where it did not come as a crate: from a west workspace, or from a folder of the user's."""
    if not any(source.name == "tasks.c" and (source.parent / "include" / "FreeRTOS.h").is_file() for source in sources):
        return
    folder = freertos_folder()
    if not linked_crates([folder / "tasks.c"]):
        yield f"FreeRTOS kernel ({folder.name})", (folder / "LICENSE.md").read_text(encoding="utf-8")


def _registers(board: Board) -> Iterator[tuple[str, str]]:
    """The vendor's register description, from which the header was generated that the drivers were compiled with."""
    if board.registers is None:
        return
    file = crate(board.registers.crate) / board.registers.file
    text = ElementTree.parse(file).getroot().findtext("licenseText")  # noqa: S314 (bytes that Cargo.lock fixes)
    yield (
        f"register addresses and fields out of {file.name} (crate {board.registers.crate})",
        text.replace("\\n", "\n") if text else "The file carries no licence text.",
    )


def _libraries(text: str, isa: str) -> Iterator[tuple[str, str]]:
    for library, members in linked_members(text).items():
        title = f"{library.name}: {', '.join(members)}"
        if library.name == "libgcc.a":
            yield title, RUNTIME_EXCEPTION
            continue
        package = _package(library)
        copyright_file = DOC / package / "copyright"
        if not package or not copyright_file.is_file():
            yield title, f"Taken from {library}, which no package owns; see the documentation of that toolchain for its terms."
            continue
        terms = copyright_file.read_text(encoding="utf-8", errors="replace")
        yield f"{title} (package {package})", _relevant(terms, members, isa) if terms.startswith("Format:") else terms


def _package(file: Path) -> str:
    """The Debian package that a file is from, or nothing."""
    if not shutil.which("dpkg-query"):
        return ""
    asked = subprocess.run(["dpkg-query", "--search", str(file)], capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    return asked.stdout.partition(":")[0] if asked.returncode == 0 else ""


def _relevant(terms: str, members: tuple[str, ...], isa: str) -> str:
    """Of a machine-readable copyright file: the stanzas of the linked members' sources, and the licences that these name.

    A member `memset.S.o` comes from some `memset.S`; where several files have that name, all are told that are not of
    another machine's. A source that no stanza names falls under the stanza for `*`.
    """
    stanzas = [stanza.strip() for stanza in re.split(r"\n\s*\n", terms)]
    files = {stanza: _field(stanza, "Files").split() for stanza in stanzas if stanza.startswith("Files:")}
    wanted: list[str] = []
    for member in members:
        source = member.removesuffix(".o")
        found = [s for s, names in files.items() if any(_may_be(name, source, isa) for name in names)]
        wanted += [s for s in found or [s for s, names in files.items() if "*" in names] if s not in wanted]
    licences = {_field(stanza, "License").split()[0] for stanza in wanted}
    wanted += [s for s in stanzas if s.startswith("License:") and _field(s, "License").split()[0] in licences]
    return "\n\n".join(_field(s, "Copyright") + "\nLicense: " + _field(s, "License") if s.startswith("Files:") else s for s in wanted)


def _may_be(name: str, source: str, isa: str) -> bool:
    return Path(name).name == source and ("/machine/" not in name or f"/machine/{isa}/" in name)


def _field(stanza: str, name: str) -> str:
    """A field of a stanza, with its continuation lines."""
    found = re.search(rf"^{name}:(.*(?:\n[ \t].*)*)", stanza, re.M)
    return found[1].strip() if found else ""
