"""Where `cargo fetch` has put the crates that carry FreeRTOS and the register descriptions. third_party/Cargo.lock fixes their bytes."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path

from stator.errors import ToolError
from stator.paths import ROOT

MANIFEST = ROOT / "third_party" / "Cargo.toml"


def crate(name: str) -> Path:
    """The folder of crate `name` at the locked version. Raises ToolError where it has not been fetched."""
    packages = tomllib.loads(MANIFEST.with_name("Cargo.lock").read_text(encoding="utf-8"))["package"]
    version = next((p["version"] for p in packages if p["name"] == name), None)
    if version is None:
        raise ToolError(f"crate '{name}' is not in third_party/Cargo.lock", remedy="add it to third_party/Cargo.toml and re-lock")
    home = Path(os.environ.get("CARGO_HOME") or Path.home() / ".cargo")
    for source in sorted((home / "registry" / "src").glob("*")):
        folder = source / f"{name}-{version}"
        if (folder / "Cargo.toml").is_file():
            return folder
    raise ToolError(
        f"crate {name} {version} has not been fetched",
        remedy="`cargo fetch --locked --manifest-path third_party/Cargo.toml` (cargo 1.70 or later; on Debian 12 the package cargo-web)",
    )
