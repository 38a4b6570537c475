"""A server in a process of its own that sends as many messages as it is asked for, as fast as they are taken.

Prints its port. A client sends ``COUNT SIZE``; the server answers with COUNT response envelopes of about SIZE bytes and
then the text ``end``.
"""

from __future__ import annotations

import asyncio
import itertools
import sys

from websockets.asyncio.server import ServerConnection, serve

_MADE = 60_000
"""Beyond this many, messages come again: a million of their own would not fit everywhere."""
_FILLER = "The parcel left the depot this morning and is on its way. "


def messages(count: int, size: int) -> list[str]:
    """COUNT response envelopes, each with its own correlation ID."""
    text = (_FILLER * (size // len(_FILLER) + 1))[: max(size - 330, 0)]
    return [
        f'{{"action":"message","headers":{{"correlationId":"01990000-0000-7000-8000-{number:012x}","action":"interaction",'
        '"schemaRef":"optave.response.v3","identifier":"message","issuedAt":"2026-01-02T03:04:05.678Z"},"payload":'
        '{"action":"superpower","actionType":"interaction","state":"completed","message":{"results":[{"response":'
        f'[{{"content":"{text}"}}]}}]}}}}}}'
        for number in range(count)
    ]


async def flood(connection: ServerConnection) -> None:
    """Serve one client."""
    async for asked in connection:
        count, size = map(int, str(asked).split())
        made = messages(min(count, _MADE), size)
        for message in itertools.islice(itertools.cycle(made), count):
            await connection.send(message)
        await connection.send("end")


async def main() -> None:
    """Serve until stdin ends."""
    async with serve(flood, "127.0.0.1", 0, subprotocols=["optave-v1"], compression=None, max_size=None) as server:  # type: ignore[list-item]
        print(next(iter(server.sockets)).getsockname()[1], flush=True)
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main())
