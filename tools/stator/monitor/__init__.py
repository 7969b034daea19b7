"""Watching a board live: what its telemetry says, kept byte by byte and drawn in the terminal."""

from __future__ import annotations

from stator.monitor.recording import columns, recording
from stator.monitor.screen import screen
from stator.monitor.sources import Hear, Listen, port, simulated
from stator.monitor.watch import Watch

__all__ = ["Hear", "Listen", "Watch", "columns", "port", "recording", "screen", "simulated"]
