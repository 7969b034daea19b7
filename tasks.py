"""What `invoke VERB` finds: the verbs of `tools/stator/verbs/`, the same that the `stator` command offers."""

from __future__ import annotations

from stator.cli import namespace

ns = namespace()
