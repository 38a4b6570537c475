"""Frames and ends that break the rules, from the session to the local tenant: its answer, the log, the ending."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from optave_inspector.capture.entry import Entry, EntryFlag, EntryKind
from optave_inspector.client.config import ConnectionConfig
from optave_inspector.client.made_frames import MadeFrame, close_payload
from optave_inspector.close_report.gathering import gather
from optave_inspector.close_report.report import report_of
from optave_inspector.errors import InspectorError
from optave_inspector.tracing.exchange import ExchangeStatus
from tests.integration.scenario_runs import LIMIT_S, Bench, bench, request, until
from tests.integration.sessions import ended, session

if TYPE_CHECKING:
    from optave_inspector.session import Session

ANSWERS = [
    ("unmasked", MadeFrame(1, b"{}", masked=False), 1002),
    ("reserved opcode", MadeFrame(0xB, b"x"), 1002),
    ("reserved bit", MadeFrame(1, b"{}", rsv3=True), 1002),
    ("not UTF-8", MadeFrame(1, b"\xff\xfe"), 1007),
    ("oversized control", MadeFrame(9, b"p" * 200), 1002),
    ("continuation out of place", MadeFrame(0, b"{}"), 1002),
    ("too big by its header", MadeFrame(1, b"{", announced=1 << 40), 1009),
    ("forbidden close code", MadeFrame(8, close_payload(1006, "")), 1002),
]


async def connected(place: Bench, watched: Session, **options: object) -> None:
    settings = {"open_timeout_s": LIMIT_S, "close_timeout_s": LIMIT_S, "ca_file": place.address.ca_file, **options}
    await watched.connect(ConnectionConfig(place.address.websocket_url, **settings), place.source)  # type: ignore[arg-type]


def on_purpose(watched: Session) -> list[Entry]:
    entries = watched.store.page(1, watched.store.count)
    return [entry for entry in entries if entry.flags & EntryFlag.ON_PURPOSE]


@pytest.mark.parametrize(("made", "code"), [each[1:] for each in ANSWERS], ids=[each[0] for each in ANSWERS])
def test_the_tenant_closes_for_a_frame_that_breaks_the_rules(made: MadeFrame, code: int) -> None:
    async def main() -> None:
        async with bench() as place, session() as watched:
            await connected(place, watched, compression=False)
            await watched.send_made(made)
            await ended(watched)
            assert watched.ending is not None
            assert watched.ending.received is not None
            assert watched.ending.received.code == code
            await watched.settled()
            report = report_of(gather(watched.store, watched.exchanges).cases[-1])
            named = [cause.title for cause in report.causes]
            assert ("What you did on purpose" in named) is not watched.ending.by_user
            (entry,) = on_purpose(watched)
            assert entry.direction == 1
            assert watched.store.payload(entry.number) == made.payload
            assert entry.flags & EntryFlag.PROBLEM
            assert entry.summary.startswith(made.problem()[:60])

    asyncio.run(main())


def test_a_sound_request_in_fragments_by_hand_is_answered_as_one() -> None:
    async def main() -> None:
        async with bench() as place, session() as watched:
            await connected(place, watched)
            text = request().encode()
            await watched.send_made(MadeFrame(1, text[:50], fin=False))
            await watched.send_made(MadeFrame(9, b"in between"))
            await watched.send_made(MadeFrame(0, text[50:]))
            await until(watched, lambda: watched.exchanges and watched.exchanges[0].status is ExchangeStatus.COMPLETED)
            message, ping = (
                next(e for e in on_purpose(watched) if e.kind == k) for k in (EntryKind.TEXT, EntryKind.PING)
            )
            assert message.frames == 2
            assert not (message.flags | ping.flags) & EntryFlag.PROBLEM
            assert watched.store.payload(message.number) == text

    asyncio.run(main())


def test_a_reset_is_noted_before_the_ending_and_the_tenant_sees_it() -> None:
    async def main() -> None:
        async with bench() as place, session() as watched:
            await connected(place, watched)
            watched.reset()
            await ended(watched)
            note, ending = watched.store.page(watched.store.count - 1, 2)
            assert note.flags & EntryFlag.ON_PURPOSE
            assert "reset (RST)" in note.summary
            assert ending.kind == EntryKind.ENDING
            async with asyncio.timeout(LIMIT_S):
                while (await place.orders.give("status"))["connections"]:
                    pass  # each asking gives the tenant its turn

    asyncio.run(main())


def test_a_half_close_is_told_and_the_tenant_ends_the_rest() -> None:
    async def main() -> None:
        async with bench() as place, session() as watched:
            await connected(place, watched)
            watched.half_close()
            await ended(watched)
            assert watched.ending is not None
            assert watched.ending.cause.endswith("let the inspector end its direction of TCP (half-close).")

    asyncio.run(main())


def test_tls_has_no_half_closed_connections() -> None:
    async def main() -> None:
        async with bench(tls=True) as place, session() as watched:
            await connected(place, watched)
            with pytest.raises(InspectorError, match="half-closed"):
                watched.half_close()
            await watched.settled()
            assert on_purpose(watched) == []
            watched.reset()
            await ended(watched)

    asyncio.run(main())


def test_an_answer_waits_while_nothing_is_read() -> None:
    async def main() -> None:
        async with bench() as place, session() as watched:
            await connected(place, watched, request_timeout_s=0.1)
            watched.stop_reading(True)
            await watched.send_text(request())
            await until(watched, lambda: watched.exchanges and watched.exchanges[0].status is ExchangeStatus.TIMED_OUT)
            watched.stop_reading(False)
            await until(watched, lambda: watched.exchanges[0].late)
            assert watched.ending is None

    asyncio.run(main())


def test_nothing_can_be_broken_without_a_connection() -> None:
    async def main() -> None:
        async with session() as watched:
            with pytest.raises(InspectorError, match="Connect first"):
                watched.reset()
            with pytest.raises(InspectorError, match="Connect first"):
                await watched.send_made(MadeFrame(1, b"{}"))

    asyncio.run(main())
