"""The longest message that is taken: also of one that is a few KB on the wire and inflates without end (RFC 7692)."""

from __future__ import annotations

import subprocess
import sys
import zlib
from pathlib import Path

import pytest

from optave_inspector.client.config import MAX_MESSAGE_BYTES
from optave_inspector.client.wire import KEPT_PAYLOAD_BYTES

ROOT = Path(__file__).resolve().parents[3]
LIMIT = 100_000
SAID = "The message is larger than 100,000 bytes{}, the most that the inspector takes"


def deflated(payload: bytes) -> bytes:
    """As permessage-deflate sends it, without a window that is taken over."""
    deflate = zlib.compressobj(9, wbits=-15)
    return (deflate.compress(payload) + deflate.flush(zlib.Z_SYNC_FLUSH)).removesuffix(b"\0\0\xff\xff")


@pytest.mark.parametrize("in_fragments", [False, True])
@pytest.mark.parametrize("compressed", [False, True])
async def test_a_message_beyond_the_limit_fails_the_connection_with_1009_and_blames_nobody(
    serve_raw, connection_to, listener, frame, close_frame, compressed, in_fragments
) -> None:
    made = [b"a" * 90_000, b"b" * 10_001] if in_fragments else [b"a" * (LIMIT + 1)]
    answered: list[bytes] = []
    went: list[bytes] = []

    async def script(peer) -> None:
        await peer.upgrade(*(["Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover"] * compressed))
        deflate = zlib.compressobj(9, wbits=-15)
        for number, part in enumerate(made):
            last = number == len(made) - 1
            payload = part
            if compressed:
                payload = deflate.compress(part) + deflate.flush(zlib.Z_SYNC_FLUSH)
                payload = payload.removesuffix(b"\0\0\xff\xff") if last else payload
            went.append(payload)
            peer.write(frame(0 if number else 1, payload, fin=last, rsv=4 if compressed and not number else 0))
        opcode, payload = await peer.read_frame()
        assert opcode == 8
        answered.append(payload)
        peer.write(close_frame(1009))

    async with serve_raw(script) as port:
        connection = connection_to(port, compression=compressed, max_message_bytes=LIMIT)
        await connection.open()
        ending = await connection.wait_ended()
    said = SAID.format(" once inflated" if compressed else "")
    assert answered == [(1009).to_bytes(2, "big") + said.encode()]
    assert ending.cause == f"{said}. The inspector failed the connection with 1009. The server answered with 1009."
    assert ending.failed
    refused = listener.received[len(made) - 1]
    assert refused.problem == f"not processed: t{said[1:]}"
    assert refused.payload == went[-1]
    assert listener.sent[0].tool_made


async def test_a_message_of_just_the_limit_is_taken(serve_raw, connection_to, listener, frame) -> None:
    async def script(peer) -> None:
        await peer.upgrade("Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover")
        peer.write(frame(1, b"a" * LIMIT) + frame(1, deflated(b"b" * LIMIT), rsv=4))
        peer.write(frame(1, deflated(b"c" * 60_000), rsv=4, fin=False) + frame(0, b"", fin=False) + frame(0, b""))
        await peer.closed_by_client()

    async with serve_raw(script) as port:
        connection = connection_to(port, max_message_bytes=LIMIT)
        await connection.open()
        frames = await listener.frames_in(3)
        connection.abort()
        await connection.wait_ended()
    assert [item.payload for item in frames[:2]] == [b"a" * LIMIT, b"b" * LIMIT]
    assert not any(item.problem for item in frames)


async def test_an_announced_length_beyond_the_limit_is_refused_before_it_comes(
    serve_raw, connection_to, listener
) -> None:
    async def script(peer) -> None:
        await peer.upgrade()
        peer.write(bytes([0x82, 127]) + (1 << 40).to_bytes(8, "big") + bytes(3 << 20))
        assert (await peer.read_frame())[0] == 8

    async with serve_raw(script) as port:
        connection = connection_to(port)
        await connection.open()
        ending = await connection.wait_ended()
    assert f"larger than {MAX_MESSAGE_BYTES:,} bytes" in ending.cause
    (cut,) = listener.received
    assert len(cut.payload) <= KEPT_PAYLOAD_BYTES
    assert "of 1,099,511,627,776 payload bytes came before TCP ended" in cut.problem
    assert "larger than" in cut.problem


INFLATE = """
import asyncio, resource, sys
sys.path.insert(0, ".")
from tests.unit.client.conftest import Listener, make_frame, serving
from optave_inspector.client.config import ConnectionConfig, NoToken
from optave_inspector.client.connection import Connection
from optave_inspector.client.token_sources import UsedTokens
from pathlib import Path

bomb = Path(sys.argv[1]).read_bytes()

async def script(peer):
    await peer.upgrade("Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover")
    peer.write(make_frame(2, bomb, rsv=4))
    assert (await peer.read_frame())[0] == 8

async def main():
    listener = Listener()
    async with serving(script) as port:
        config = ConnectionConfig(f"ws://127.0.0.1:{port}/", close_timeout_s=5)
        connection = Connection(config, NoToken(), listener, UsedTokens())
        await connection.open()
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        ending = await connection.wait_ended()
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print((after - before) // 1024, ending.cause)

asyncio.run(main())
"""


@pytest.mark.skipif(sys.platform == "win32", reason="the peak of memory is told by means of POSIX")
def test_a_message_that_inflates_a_thousandfold_is_not_inflated_without_bound(tmp_path: Path) -> None:
    """1 GB of zeros in 1 MB, against the usual limit: in a process of its own, which tells the peak of its memory."""
    deflate = zlib.compressobj(9, wbits=-15)
    block = deflate.compress(bytes(1 << 20)) + deflate.flush(zlib.Z_FULL_FLUSH)
    (tmp_path / "bomb").write_bytes((block * 1000).removesuffix(b"\0\0\xff\xff"))
    assert (tmp_path / "bomb").stat().st_size < 1_100_000
    done = subprocess.run(
        [sys.executable, "-c", INFLATE, str(tmp_path / "bomb")],
        check=False,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    grown_mib, cause = done.stdout.split(maxsplit=1)
    assert int(grown_mib) < 2.5 * MAX_MESSAGE_BYTES / 2**20
    assert f"larger than {MAX_MESSAGE_BYTES:,} bytes once inflated" in cause
