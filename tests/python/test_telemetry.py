"""Telemetry: the schema that firmware and host share, and the decoder against good frames, damaged ones and noise."""

from __future__ import annotations

import dataclasses

import cbor2
import pytest
import zcbor  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st

from stator.paths import FIRMWARE
from stator.telemetry import FRAME_LIMIT, Banner, Crash, Decoder, Dropped, Health, Heartbeat, Message, Record, Stacks, decode, framed, shown
from stator.telemetry.frames import frame, payload

BANNER = Banner("0.1.0", "b", "m", "0123456789abcdef", 20, 20, 7, 16, 2, 3, "a dog")
WELL = Health(0xFFFF0000, 3)
RECORD = Record(7, 123456789012, 0x89ABCDEF, 2, 201, 255, 0, 40, 1000, 2000, 4000, b"\x7f\x80", b"\x00\xff\x01\xfe", WELL, -1225)
MESSAGES: tuple[Message, ...] = (
    BANNER,
    RECORD,
    Heartbeat(40, 300, Health(0xFFBF0040, 3)),
    Crash(2, "exception 3 pc 00000000"),
    Stacks({"feature": 100, "inference": 300}),
    Dropped(17),
)


def record(sequence: int) -> bytes:
    return framed(dataclasses.replace(RECORD, sequence=sequence))


def schema() -> dict[str, zcbor.CddlTypes]:
    return dict(zcbor.DataTranslator.from_cddl((FIRMWARE / "telemetry" / "telemetry.cddl").read_text(encoding="utf-8"), 64).my_types)


def test_messages_have_the_fields_of_the_schema_in_its_order() -> None:
    types = schema()
    for kind in (Banner, Record, Heartbeat, Crash, Stacks, Dropped):
        names = [element.label for element in types[kind.__name__.lower()].value]
        assert names == ["kind", *(f.name for f in dataclasses.fields(kind))]
    assert [element.label for element in types["health-report"].value] == [f.name for f in dataclasses.fields(Health)]


@pytest.mark.parametrize("message", MESSAGES, ids=lambda m: type(m).__name__)
def test_a_message_is_what_the_schema_says_and_is_decoded_whole(message: Message) -> None:
    sent = framed(message)
    body = payload(sent.strip(b"\0"))
    assert body is not None and schema()["message"].validate_str(body)
    heard = decode(sent)
    assert heard.garbage == 0
    said = [heard.banner, *heard.records, *heard.heartbeats, *heard.crashes, Stacks(heard.stacks), Dropped(heard.dropped)]
    assert (message.why if isinstance(message, Crash) else message) in said


def test_fail_is_believed_without_a_checksum_and_within_a_broken_frame() -> None:
    assert decode(b"\nFAIL stack overflow in feature\n").failure == "stack overflow in feature"
    assert decode(record(1)[:9] + b"\nFAIL no signal\n").failure == "no signal"
    assert decode(b"FAIL cut o", cut=True).failure == "cut o"
    heard = decode(record(1) + b"\nFAIL twice\n" + framed(BANNER))
    assert (heard.failure, heard.garbage, len(heard.records)) == ("twice", 0, 1) and heard.banner is not None


def test_what_a_firmware_said_before_its_last_words_is_not_said_again() -> None:
    decoder = Decoder()
    decoder.feed(b"\nFAIL why\n")
    assert decoder.failure == "why"
    decoder.failure = None
    decoder.feed(framed(BANNER) + record(0))
    assert decoder.failure is None and decoder.garbage == 0


@given(st.binary(max_size=1200))
def test_every_payload_goes_through_a_frame(data: bytes) -> None:
    sent = frame(data)
    assert sent[0] == sent[-1] == 0 and 0 not in sent[1:-1]
    assert payload(sent[1:-1]) == data


@given(st.integers(1, len(record(7)) - 2), st.integers(1, 255))
def test_one_changed_byte_never_gives_a_wrong_record(position: int, flip: int) -> None:
    damaged = bytearray(record(7))
    damaged[position] ^= flip
    heard = decode(bytes(damaged))
    assert heard.records == ()
    assert heard.garbage >= 1


@given(st.binary(max_size=300), st.binary(max_size=300), st.integers(1, 64))
def test_noise_between_frames_is_counted_and_loses_none(before: bytes, after: bytes, piece: int) -> None:
    stream = before + record(1) + after + record(2)
    decoder = Decoder()
    for start in range(0, len(stream), piece):
        decoder.feed(stream[start : start + piece])
    heard = decoder.finish(cut=False)
    assert [r.sequence for r in heard.records] == [1, 2]
    assert heard == decode(stream)
    if before.strip(b"\0") and b"FAIL " not in before:
        assert heard.garbage >= 1


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.binary() | st.text() | st.floats(), st.lists, max_leaves=40))
def test_right_checksum_over_anything_never_raises(value: object) -> None:
    assert decode(frame(cbor2.dumps(value))).garbage <= 1


@given(st.binary(max_size=400))
def test_right_checksum_over_noise_never_raises(noise: bytes) -> None:
    assert decode(frame(noise)).garbage <= 1


def test_right_checksum_over_nonsense_is_garbage() -> None:
    good = payload(framed(RECORD).strip(b"\0"))
    assert good is not None
    said = cbor2.loads(good)
    wrong = [[], 1, {}, "text", [9, 1], said[:-2], [-1, *said[1:]], [True, *said[1:]], [1.0, *said[1:]]]
    wrong += [
        [*said[:at], value, *said[at + 1 :]]
        for at, value in ((1, -5), (1, 1 << 32), (5, 256), (12, "7f80"), (1, "1"), (14, 3), (14, [1]), (15, 15001), (15, "warm"))
    ]
    wrong += [[0, "1", "", *[1] * 8, "x"], [4, {"": 1}], [4, {"a": "x"}], [3, 1, b"why"]]
    for value in wrong:
        heard = decode(frame(cbor2.dumps(value)))
        assert heard.records == () and heard.banner is None and heard.garbage == 1, value
    assert decode(frame(good + b"\0")).garbage == 1
    assert decode(frame(b"\x81" * 2000)).garbage == 1, "lists in lists"
    assert decode(frame(b"\x9b" + b"\x7f" * 8)).garbage == 1, "a list longer than memory"


def test_a_board_without_a_temperature_leaves_it_out_and_a_silent_sensor_gives_none() -> None:
    body = payload(framed(RECORD).strip(b"\0"))
    assert body is not None
    said = cbor2.loads(body)
    for values, temperature in ((said, -1225), ([*said[:-1], None], None), (said[:-1], None)):
        sent = cbor2.dumps(values)
        assert schema()["message"].validate_str(sent)
        assert [r.temperature for r in decode(frame(sent)).records] == [temperature]


def test_what_a_later_firmware_adds_is_not_looked_at() -> None:
    body = payload(record(7).strip(b"\0"))
    assert body is not None
    heard = decode(frame(cbor2.dumps([*cbor2.loads(body), "later", 3])))
    assert heard.records == decode(record(7)).records


def test_a_frame_without_end_is_dropped_and_the_next_one_read() -> None:
    decoder = Decoder()
    for _ in range(10):
        decoder.feed(b"x" * FRAME_LIMIT)
    decoder.feed(record(3))
    heard = decoder.finish(cut=False)
    assert [r.sequence for r in heard.records] == [3]
    assert heard.garbage == 1


def test_a_cut_last_frame_is_no_garbage() -> None:
    heard = decode(record(1) + record(2)[:20], cut=True)
    assert len(heard.records) == 1 and heard.garbage == 0


def test_high_water_marks_only_rise() -> None:
    assert decode(framed(Stacks({"a": 100, "b": 200})) + framed(Stacks({"a": 90, "b": 300}))).stacks == {"a": 100, "b": 300}


def test_a_stream_can_be_read() -> None:
    lines = list(shown(b"boot text\n" + b"".join(framed(m) for m in MESSAGES) + record(8)[:9] + b"\nFAIL why\n"))
    assert lines[0] == "boot text"
    assert lines[1].startswith("banner version=0.1.0 board=b ") and "watchdog=a dog" in lines[1]
    assert lines[2].startswith("record sequence=7 ") and "column=7f80" in lines[2] and lines[2].endswith("rounds=3 health=well")
    assert lines[3] == "heartbeat halves=40 ticks=300 rounds=3 health=sensor dead"
    assert lines[4:] == ["crash restart=2 why=exception 3 pc 00000000", "stacks feature=100 inference=300", "dropped frames=17", "FAIL why"]
