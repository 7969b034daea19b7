"""What the firmware says on its serial port or through RTT: frames, messages, and the decoder of a whole stream."""

from __future__ import annotations

from stator.telemetry.decoder import Decoder, Telemetry, decode, shown
from stator.telemetry.frames import FRAME_LIMIT
from stator.telemetry.messages import REASONS, Banner, Crash, Dropped, Health, Heartbeat, Message, Record, Stacks, framed

__all__ = [
    "FRAME_LIMIT",
    "REASONS",
    "Banner",
    "Crash",
    "Decoder",
    "Dropped",
    "Health",
    "Heartbeat",
    "Message",
    "Record",
    "Stacks",
    "Telemetry",
    "decode",
    "framed",
    "shown",
]
