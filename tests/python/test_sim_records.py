"""The telemetry decoder against good lines, damaged lines and noise."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from stator.sim.records import LINE_LIMIT, Decoder, decode, line

BANNER = "B,version=0.1.0,board=b,model=m,sha256=0123456789abcdef,counter_hz=20,sample_clock_hz=20,half_ticks=7,window=16,columns=2"
FRAME = "F,{seq},123456789012,89abcdef,2,201,255,0,40,1000,2000,4000,7f80,00ff01fe"


def frame(seq: int) -> bytes:
    return line(FRAME.format(seq=seq))


def test_a_frame_is_decoded_to_the_last_field() -> None:
    (record,) = decode(frame(7)).records
    assert (record.sequence, record.timestamp, record.crc) == (7, 123456789012, 0x89ABCDEF)
    assert (record.label, record.confidence, record.state, record.overruns) == (2, 201, 255, 0)
    assert (record.handover, record.features, record.inference, record.decision) == (40, 1000, 2000, 4000)
    assert (record.column, record.logits) == (b"\x7f\x80", b"\x00\xff\x01\xfe")


def test_banner_and_stack_marks_are_decoded() -> None:
    heard = decode(line(BANNER) + line("S,feature=100,inference=200") + line("S,feature=90,inference=300"))
    assert heard.banner is not None and heard.banner.half_ticks == 7 and heard.banner.sha256 == "0123456789abcdef"
    assert heard.stacks == {"feature": 100, "inference": 300}
    assert heard.garbage == 0


def test_fail_line_is_believed_without_checksum_and_within_a_broken_line() -> None:
    assert decode(b"FAIL stack overflow in feature\n").failure == "stack overflow in feature"
    assert decode(b"F,1,2,FAIL no signal\n").failure == "no signal"
    assert decode(line("FAIL twice checked")).failure == "twice checked"


@given(st.integers(0, len(frame(7)) - 2), st.integers(1, 255))
def test_one_changed_byte_never_gives_a_wrong_record(position: int, flip: int) -> None:
    damaged = bytearray(frame(7))
    damaged[position] ^= flip
    heard = decode(bytes(damaged))
    assert heard.records == ()
    assert heard.garbage >= 1


@given(st.binary(max_size=300), st.binary(max_size=300), st.integers(1, 64))
def test_noise_between_lines_is_counted_and_loses_no_frame(before: bytes, after: bytes, piece: int) -> None:
    stream = before + b"\n" + frame(1) + after + b"\n" + frame(2)
    decoder = Decoder()
    for start in range(0, len(stream), piece):
        decoder.feed(stream[start : start + piece])
    heard = decoder.finish(cut=False)
    assert 2 in [r.sequence for r in heard.records]
    assert heard == decode(stream)
    if b"\n" not in before and before.strip(b"\r") and b"FAIL " not in before:
        assert heard.garbage >= 1


def test_a_line_without_end_is_dropped_and_the_next_one_read() -> None:
    decoder = Decoder()
    for _ in range(10):
        decoder.feed(b"x" * LINE_LIMIT)
    decoder.feed(b"\n" + frame(3))
    heard = decoder.finish(cut=False)
    assert [r.sequence for r in heard.records] == [3]
    assert heard.garbage == 1


def test_right_checksum_over_nonsense_is_garbage() -> None:
    good = FRAME.format(seq=1)
    for body in ("", "F", "X,1", good + ",1", good.replace("123456789012", "-5"), good.replace("7f80", "7f8"), good.replace("7f80", "7F80"),
                 good.replace(",201,", ",256,"), BANNER.replace("window=16", "window=0"), BANNER + ",window=3", "S,a=x"):  # fmt: skip
        heard = decode(line(body))
        assert heard.records == () and heard.banner is None and heard.garbage == 1, body


def test_a_cut_last_line_is_no_garbage() -> None:
    decoder = Decoder()
    decoder.feed(frame(1) + frame(2)[:20])
    heard = decoder.finish(cut=True)
    assert len(heard.records) == 1 and heard.garbage == 0
