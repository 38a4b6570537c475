"""Many messages through real sockets: paced, bounded, stopped, and cut off in the middle."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

import pytest

from optave_inspector.client.config import NoToken
from optave_inspector.compose.outgoing import Outgoing
from optave_inspector.errors import InspectorError
from optave_inspector.protocol.ids import uuid7
from optave_inspector.sending_many import MOST_MESSAGES, ManyRun, Pace
from tests.integration.sessions import config, serving, session

if TYPE_CHECKING:
    from websockets.asyncio.server import ServerConnection


def message(index: int) -> Outgoing:
    headers = {"correlationId": uuid7(index, index.to_bytes(10)), "action": "reception"}
    return Outgoing(
        json.dumps({"action": "message", "headers": headers, "payload": {"n": index}}), {"$.x": "generated"}
    )


class Tenant:
    """Answers each request; ``held`` are answered only when another one comes, or never."""

    def __init__(self, close_after: int = 0, hold: bool = False) -> None:
        self.close_after = close_after
        self.hold = hold
        self.came = 0
        self.most_open = 0
        self.open = 0

    async def serve(self, connection: ServerConnection) -> None:
        async for text in connection:
            self.came += 1
            self.open += 1
            self.most_open = max(self.most_open, self.open)
            if self.came == self.close_after:
                await connection.close(1011)
                return
            if self.hold:
                continue
            headers = json.loads(text)["headers"]
            payload = {"action": "superpower", "actionType": "x", "state": "completed", "message": {"results": []}}
            self.open -= 1
            answer = {"headers": {"correlationId": headers["correlationId"], "action": "reception"}, "payload": payload}
            await connection.send(json.dumps({"action": "message", **answer}))


def test_all_are_sent_and_counted_with_as_many_in_flight_as_asked() -> None:
    async def main() -> None:
        tenant = Tenant()
        async with serving(tenant.serve) as url, session() as talk:
            await talk.connect(config(url), NoToken())
            await talk.send_text(message(5_000).message)  # one that is not of the run
            many = ManyRun(talk, 50, message, Pace(in_flight=8))
            most = 0

            def look() -> None:
                nonlocal most
                most = max(most, many.waiting)

            many.progressed.connect(look)
            async with asyncio.timeout(20):
                await many.run()
            assert (many.sent, many.waiting, many.problem, many.over) == (50, 0, "", True)
            assert many.statistics.overall.answered == 50
            assert many.statistics.overall.count == 50
            assert many.statistics.overall.total.p95 > 0
            assert 1 < most <= 8
            assert tenant.came == 51

    asyncio.run(main())


def test_a_connection_that_closes_in_the_middle_ends_the_run() -> None:
    async def main() -> None:
        tenant = Tenant(close_after=5, hold=True)
        async with serving(tenant.serve) as url, session() as talk:
            await talk.connect(config(url), NoToken())
            many = ManyRun(talk, 1_000, message, Pace(in_flight=5))
            async with asyncio.timeout(20):
                await many.run()
            assert many.sent == 5
            assert "Message 6 was not sent: the connection is" in many.problem
            await talk.settled()

    asyncio.run(main())


def test_what_waited_is_cut_off_when_the_connection_closes_after_all_was_sent() -> None:
    async def main() -> None:
        tenant = Tenant(close_after=3, hold=True)
        async with serving(tenant.serve) as url, session() as talk:
            await talk.connect(config(url), NoToken())
            many = ManyRun(talk, 3, message, Pace(in_flight=10))
            async with asyncio.timeout(20):
                await many.run()
            assert (many.sent, many.waiting, many.problem) == (3, 0, "")
            assert many.statistics.overall.cut_off == 3

    asyncio.run(main())


def test_it_can_be_stopped_while_it_waits() -> None:
    async def main() -> None:
        tenant = Tenant(hold=True)
        async with serving(tenant.serve) as url, session() as talk:
            await talk.connect(config(url), NoToken())
            many = ManyRun(talk, 100, message, Pace(in_flight=2))
            many.progressed.connect(lambda: many.stop() if many.sent == 2 and many.waiting == 2 else None)
            async with asyncio.timeout(20):
                await many.run()
            assert many.sent == 2
            assert many.problem == "Stopped after 2 of 100 messages."
            assert many.waiting == 2

    asyncio.run(main())


def test_a_rate_spreads_the_messages() -> None:
    async def main() -> None:
        async with serving(Tenant().serve) as url, session() as talk:
            await talk.connect(config(url), NoToken())
            many = ManyRun(talk, 11, message, Pace(in_flight=0, per_second=100))
            async with asyncio.timeout(20):
                await many.run()
            assert many.sent == 11
            assert many.seconds >= 0.1  # ten gaps of a hundredth

    asyncio.run(main())


def test_a_message_that_cannot_be_made_ends_the_run_in_words() -> None:
    def make(index: int) -> Outgoing:
        if index == 2:
            raise InspectorError("Row 3: There is no variable name.")
        return message(index)

    async def main() -> None:
        async with serving(Tenant().serve) as url, session() as talk:
            await talk.connect(config(url), NoToken())
            many = ManyRun(talk, 5, make, Pace())
            async with asyncio.timeout(20):
                await many.run()
            assert many.sent == 2
            assert many.problem == "Message 3 was not sent: Row 3: There is no variable name."

    asyncio.run(main())


def test_texts_without_an_id_are_sent_and_not_waited_for() -> None:
    async def main() -> None:
        tenant = Tenant(hold=True)
        async with serving(tenant.serve) as url, session() as talk:
            await talk.connect(config(url), NoToken())
            many = ManyRun(talk, 7, lambda _index: Outgoing("no JSON"), Pace(in_flight=1))
            async with asyncio.timeout(20):
                await many.run()
            assert (many.sent, many.waiting, many.problem) == (7, 0, "")

    asyncio.run(main())


@pytest.mark.parametrize("count", [0, -1, MOST_MESSAGES + 1])
def test_a_run_is_bounded(count: int) -> None:
    async def main() -> None:
        async with session() as talk:
            with pytest.raises(InspectorError, match="Between 1 and"):
                ManyRun(talk, count, message, Pace())

    asyncio.run(main())
