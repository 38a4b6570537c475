"""Two sides to compare: what they are made of."""

from __future__ import annotations

import asyncio
import math
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optave_inspector.capture.progress import Stopped
from optave_inspector.capture.schema import StoreError
from optave_inspector.capture.store import CaptureStore
from optave_inspector.comparing import Side, TimePart, compare_sides, parse_time, time_text
from optave_inspector.errors import InspectorError
from optave_inspector.protocol.contract import Contract
from optave_inspector.resources import schemas
from optave_inspector.session import Session
from optave_inspector.tracing.exchange import Exchange, ExchangeStatus
from tests.ui.wire import Wire

if TYPE_CHECKING:
    from pathlib import Path

S = 1_000_000_000
CONTRACT = Contract(schemas())
HERE = Side("here")


def exchange(number: int, at_s: float, action: str = "adjust") -> Exchange:
    sent_ns = 7 * S + round(at_s * S)
    return Exchange(
        number,
        1,
        action,
        "",
        number,
        sent_ns,
        status=ExchangeStatus.COMPLETED,
        update_ns=[sent_ns + S],
        ended_ns=sent_ns + S,
    )


def part(from_s: float, to_s: float) -> Side:
    return Side("here", part=TimePart(from_s, to_s))


@pytest.fixture
def capture(tmp_path: Path) -> Path:
    """Two requests, one answered, one cut off."""
    path = tmp_path / "bad day.optave-capture"

    async def run() -> None:
        session = Session(CaptureStore.create(path), CONTRACT)
        wire = Wire(session, None)
        wire.answer(wire.request())
        wire.request("elevate")
        wire.ended()
        for tell in wire._waiting:
            tell()
        await session.settled()
        await session.aclose()
        session.store.close()

    asyncio.run(run())
    return path


def test_a_capture_is_compared_with_the_session_at_hand(capture: Path) -> None:
    at_hand = [exchange(1, 0), exchange(2, 5, "elevate")]
    told: list[tuple[int, int]] = []
    side = Side("bad day", capture)
    compared = compare_sides(HERE, side, at_hand, CONTRACT, lambda done, total: told.append((done, total)))
    assert compared.sides == (HERE, side)
    assert [len(steps) for steps in compared.steps] == [2, 2]
    assert compared.result.alike == 1
    assert compared.result.parted is not None
    assert compared.result.parted.sentence == "elevate: completed on the left side, cut off on the right."
    assert told[-1][0] == told[-1][1]


def test_a_capture_may_be_both_sides_and_is_read_once(capture: Path) -> None:
    side = Side("bad day", capture)
    compared = compare_sides(side, side, [], CONTRACT)
    assert compared.result.parted is None
    assert compared.steps[0].exchanges is compared.steps[1].exchanges


def test_two_times_of_one_session_are_compared() -> None:
    at_hand = [exchange(number, number - 1) for number in range(1, 11)]
    compared = compare_sides(part(0, 3), part(4, math.inf), at_hand, CONTRACT)
    assert [step.number for step in compared.steps[0]] == [1, 2, 3, 4]
    assert [step.number for step in compared.steps[1]] == [5, 6, 7, 8, 9, 10]
    assert compared.steps[1][0].number == 5
    assert compared.result.parted is not None
    assert (compared.result.parted.left, compared.result.parted.right) == (0, 9)


def test_a_time_without_a_request_is_refused_in_words() -> None:
    with pytest.raises(InspectorError, match="There is no request in here, from 1:30 to 2:00"):
        compare_sides(HERE, part(90, 120), [exchange(1, 0)], CONTRACT)
    with pytest.raises(InspectorError, match="There is no request in here, all of it"):
        compare_sides(HERE, HERE, [], CONTRACT)


def test_a_file_that_is_no_capture_is_refused(tmp_path: Path) -> None:
    (tmp_path / "no.optave-capture").write_text("nothing of the kind")
    with pytest.raises(StoreError):
        compare_sides(HERE, Side("no", tmp_path / "no.optave-capture"), [exchange(1, 0)], CONTRACT)


def test_it_can_be_stopped() -> None:
    with pytest.raises(Stopped):
        compare_sides(HERE, part(0, 1), [exchange(1, 0), exchange(2, 2)], CONTRACT, stop=lambda: True)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90", 90),
        (" 1:30 ", 90),
        ("1:02:03.5", 3723.5),
        ("0,5 s", 0.5),
        ("", None),
        ("soon", None),
        ("-1", None),
        ("1:", None),
    ],
)
def test_a_time_is_read_as_people_write_it(text: str, seconds: float | None) -> None:
    assert parse_time(text) == seconds


@given(st.integers(0, 10**9))
def test_a_time_is_written_as_it_is_read(milliseconds: int) -> None:
    assert parse_time(time_text(milliseconds / 1000)) == pytest.approx(milliseconds / 1000)


@given(st.text(max_size=12))
def test_no_text_makes_the_reading_raise(text: str) -> None:
    seconds = parse_time(text)
    assert seconds is None or seconds >= 0
