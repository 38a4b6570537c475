"""What the cells of the frame log say, and what they have no room for."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QObject

from optave_inspector.capture.entry import Entry, EntryFlag, EntryKind
from optave_inspector.tracing.exchange import Exchange, ExchangeStatus
from optave_inspector.ui.models.background import Background
from optave_inspector.ui.models.entry_checks import exchange_line
from optave_inspector.ui.models.formats import delta_text, duration_text, elapsed_text, size_text, wall_text
from optave_inspector.ui.models.frame_columns import FrameColumn
from optave_inspector.ui.models.frame_pages import FramePages
from optave_inspector.ui.models.frame_rows import Row
from optave_inspector.ui.models.frame_text import KIND_NAMES, Tone, cell_tooltip, shown_row

MS, S = 1_000_000, 1_000_000_000


def shown(kind: int = EntryKind.TEXT, direction: int = 0, exchange: Exchange | None = None, **more: object):
    entry = Entry(7, 2, direction, kind, S, 1_767_355_200 * S, 700, 712, **more)
    return shown_row(Row(7, 1, 7), entry, None, first=None, exchange=exchange)


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1_000, "1.0 kB"),
        (52_400_000, "52.4 MB"),
        (999_960, "1.0 MB"),
        (3 * 10**9, "3.0 GB"),
    ],
)
def test_sizes_are_short(size: int, text: str) -> None:
    assert size_text(size) == text


@pytest.mark.parametrize(
    ("nanoseconds", "text"),
    [
        (0, "0.0 ms"),
        (1_240_000, "1.2 ms"),
        (610 * MS, "610 ms"),
        (999_600_000, "1.00 s"),
        (2_412 * MS, "2.41 s"),
        (12_340 * MS, "12.3 s"),
        (59_990 * MS, "1 min 00 s"),
        (252 * S, "4 min 12 s"),
        (7_500 * S, "2 h 05 min"),
    ],
)
def test_spans_are_short(nanoseconds: int, text: str) -> None:
    assert duration_text(nanoseconds) == text


@pytest.mark.parametrize(
    ("nanoseconds", "text"),
    [(0, "+0.000"), (610 * MS, "+0.610"), (27_376 * MS, "+27.376"), (-MS, "-0.001"), (1_000 * S, "+16:40")],
)
def test_steps_are_signed(nanoseconds: int, text: str) -> None:
    assert delta_text(nanoseconds) == text


@given(st.integers(0, 90 * 3_600 * 10**9))
def test_widths_stay_within_what_columns_expect(nanoseconds: int) -> None:
    assert len(elapsed_text(nanoseconds)) <= 13
    assert len(duration_text(nanoseconds)) <= 12
    assert len(wall_text(nanoseconds)) == 12
    assert elapsed_text(761_024 * MS) == "00:12:41.024"


@pytest.mark.parametrize(
    ("row", "column", "words"),
    [
        (shown(), FrameColumn.NUMBER, "Entry 7 of connection attempt 2"),
        (shown(), FrameColumn.TIME, "2026-01-02T12:00:00.000Z"),
        (shown(), FrameColumn.DELTA, ""),
        (shown(), FrameColumn.DIRECTION, "Received"),
        (shown(direction=2, kind=EntryKind.STATE), FrameColumn.DIRECTION, "Connection event"),
        (shown(EntryKind.HANDSHAKE, 2, code=401), FrameColumn.STATE, "HTTP status 401"),
        (shown(EntryKind.HANDSHAKE, 2, code=401), FrameColumn.SIZE, ""),
        (shown(EntryKind.CLOSE, code=1008), FrameColumn.STATE, "1008 Policy violation"),
        (shown(), FrameColumn.SIZE, "700 bytes of payload; 712 bytes on the wire"),
        (
            shown(frames=3, flags=EntryFlag.COMPRESSED),
            FrameColumn.SIZE,
            "700 bytes of payload; 712 bytes on the wire in 3 frames, compressed",
        ),
        (shown(latency_ns=2_412 * MS), FrameColumn.LATENCY, "2,412.000 ms after the request"),
        (shown(summary="all of it"), FrameColumn.SUMMARY, "all of it"),
        (shown(correlation_id="plain"), FrameColumn.CORRELATION, "plain"),
        (shown(state="completed"), FrameColumn.STATE, "completed"),
    ],
)
def test_tooltips_say_what_has_no_room(row, column: FrameColumn, words: str) -> None:
    assert cell_tooltip(row, column).startswith(words)
    assert bool(cell_tooltip(row, column)) == bool(words)


def test_a_folded_row_says_how_to_unfold_it() -> None:
    entry = Entry(7, 1, 0, EntryKind.PING, S, S, 4, 6)
    row = shown_row(Row(7, 4, 10), entry, None, first=None, exchange=None)
    assert "4 pings and pongs from entry 7 on" in cell_tooltip(row, FrameColumn.KIND)
    assert row.texts[FrameColumn.NUMBER] == "7"


@pytest.mark.parametrize(
    ("row", "tone"),
    [
        (shown(), Tone.PLAIN),
        (shown(EntryKind.PING), Tone.MUTED),
        (shown(EntryKind.RAW), Tone.ERROR),
        (shown(EntryKind.CLOSE, code=1000), Tone.STRONG),
        (shown(EntryKind.CLOSE, code=1006), Tone.ERROR),
        (shown(EntryKind.ENDING, 2, code=1001), Tone.STRONG),
        (shown(EntryKind.HANDSHAKE, 2, code=101), Tone.MUTED),
        (shown(EntryKind.HANDSHAKE, 2, code=503, flags=EntryFlag.PROBLEM), Tone.ERROR),
        (shown(EntryKind.STATE, 2), Tone.MUTED),
    ],
)
def test_closes_and_failures_are_loud_and_noise_is_quiet(row, tone: Tone) -> None:
    assert row.tone is tone


def test_every_kind_has_a_word() -> None:
    assert set(KIND_NAMES) == set(EntryKind)
    assert shown(14).texts[FrameColumn.KIND] == "kind 14"
    assert shown(summary="x", flags=EntryFlag.LATE).summary_tone is Tone.WARNING
    assert shown(EntryKind.CLOSE, code=1000).summary_tone is Tone.PLAIN


def test_an_exchange_is_told_in_a_line() -> None:
    exchange = Exchange(12, 1, "adjust", "x", 7, 0, status=ExchangeStatus.CUT_OFF, ended_ns=15_900 * MS)
    assert exchange_line(exchange, shown().entry) == "exchange 12 · cut off after 15.9 s · its request"
    other = Exchange(13, 1, "adjust", "x", 1, 0, status=ExchangeStatus.STREAMING, answers=[3, 7])
    assert exchange_line(other, shown().entry) == "exchange 13 · streaming · answer 2 of 2"


def test_pages_that_fall_short_are_told_and_the_oldest_are_let_go() -> None:
    read: list[int] = []

    def page(first: int, count: int) -> list[Entry]:
        read.append(first)
        return [Entry(n, 1, 0, 1, 0, 0, 0, 0) for n in range(first, min(first + count, 30_001))]

    pages = FramePages(page)
    assert pages.entry(99_999).summary == "The capture does not hold this entry."
    for number in range(1, 30_000, 64):
        assert pages.entry(number).number == number
    before = len(read)
    assert pages.entry(29_952).number == 29_952
    assert len(read) == before
    pages.entry(1)
    assert len(read) == before + 1


def test_work_that_fails_is_told_and_a_stale_failure_is_not(qtbot) -> None:
    owner = QObject()
    work = Background("test", owner)
    told: list[str] = []
    go = threading.Event()

    def fail(_job: object) -> None:
        go.wait(10)
        raise ValueError("no")

    work.start(fail, lambda _result: told.append("done"), lambda error: told.append(f"stale {error}"))
    work.start(fail, lambda _result: told.append("done"), lambda error: told.append(f"{error}"))
    assert work.busy
    go.set()
    qtbot.waitUntil(lambda: told == ["no"], timeout=5_000)
    assert not work.busy


def test_work_outlives_its_owner_without_harm(qtbot) -> None:
    owner = QObject()
    work = Background("test", owner)
    go, ended, stopped = threading.Event(), threading.Event(), []

    def run(job) -> None:
        go.wait(10)
        stopped.append(job.stopped())
        job.report("late")
        ended.set()

    told: list[object] = []
    work.start(run, told.append, told.append, told.append)
    owner.deleteLater()
    with qtbot.waitSignal(owner.destroyed, timeout=5_000):
        pass
    go.set()
    assert ended.wait(5)
    qtbot.wait(20)
    assert stopped == [True]
    assert told == []


def test_parts_of_a_result_are_told_on_the_way(qtbot) -> None:
    owner = QObject()
    work = Background("test", owner)
    told: list[object] = []

    def run(job) -> str:
        job.report(1)
        job.report(2)
        return "all"

    with qtbot.waitCallback() as done:
        work.start(run, done, told.append, told.append)
    assert told == [1, 2]
    work.start(run, told.append, told.append)
    qtbot.waitUntil(lambda: told == [1, 2, "all"], timeout=5_000)


def test_a_note_on_what_the_inspector_did_by_itself_carries_a_mark() -> None:
    own = shown(EntryKind.STATE, 2, summary="Retry 1 of 5 in 2 s.", flags=int(EntryFlag.TOOL_MADE))
    assert own.marker == "auto · Retry 1 of 5 in 2 s."
    assert shown(EntryKind.STATE, 2, summary="Connecting.").marker == "Connecting."
