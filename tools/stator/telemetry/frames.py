"""Frames: a payload and its CRC-32 (IEEE, little endian), stuffed so that it holds no zero byte, between two zero bytes.

Consistent Overhead Byte Stuffing (Cheshire and Baker, IEEE/ACM Transactions on Networking 7(2), 1999). Own code: the registry's
packages of it come as source that needs a C compiler.
"""

from __future__ import annotations

import zlib

FRAME_LIMIT = 4096
"""Bytes of the longest frame that is looked at."""

_BLOCK = 254  # bytes between two of the stuffing's own, at most
_CRC_BYTES = 4


def frame(payload: bytes) -> bytes:
    """The frame that a firmware would send for `payload`."""
    data = payload + zlib.crc32(payload).to_bytes(_CRC_BYTES, "little")
    out = bytearray(b"\0")
    for run in data.split(b"\0"):
        whole = len(run) - len(run) % _BLOCK
        for at in range(0, whole, _BLOCK):
            out += b"\xff" + run[at : at + _BLOCK]
        out += bytes([len(run) - whole + 1]) + run[whole:]
    return bytes(out + b"\0")


def payload(stuffed: bytes) -> bytes | None:
    """What is in a frame, without its zero bytes; None where that is no frame, or not a whole one."""
    if len(stuffed) > FRAME_LIMIT:
        return None
    out = bytearray()
    at = 0
    while at < len(stuffed):
        code = stuffed[at]
        if code == 0 or at + code > len(stuffed):
            return None
        out += stuffed[at + 1 : at + code]
        at += code
        if code <= _BLOCK and at < len(stuffed):
            out.append(0)
    data, crc = bytes(out[:-_CRC_BYTES]), out[-_CRC_BYTES:]
    if len(out) < _CRC_BYTES or zlib.crc32(data).to_bytes(_CRC_BYTES, "little") != crc:
        return None
    return data
