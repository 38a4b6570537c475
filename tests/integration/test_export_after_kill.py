"""A session that is killed in a flood: all that it saw but the last second is there, and can be exported."""

from __future__ import annotations

import asyncio
import contextlib
import json
import mmap
import os
import struct
import sys
import time
from pathlib import Path

import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from optave_inspector.capture.entry import EntryKind
from optave_inspector.capture.exporting import ExportFormat, export_entries
from optave_inspector.capture.library import CaptureLibrary, CaptureState, recover
from optave_inspector.capture.store import CaptureStore
from optave_inspector.paths import captures_dir

ROOT = Path(__file__).resolve().parents[2]
SECOND_NS = 10**9
DEADLINE_S = 50 * float(os.environ.get("OPTAVE_INSPECTOR_TEST_TIME_SCALE", "1"))

SESSION = """
import asyncio, mmap, struct, sys
from datetime import datetime, timezone
from optave_inspector.capture.library import CaptureLibrary
from optave_inspector.client.config import AuthTransport, ConnectionConfig, NoToken
from optave_inspector.paths import captures_dir
from optave_inspector.protocol.contract import Contract
from optave_inspector.resources import schemas
from optave_inspector.session import Session

with open(sys.argv[2], "r+b") as file:
    seen = mmap.mmap(file.fileno(), 16)

class Watched(Session):
    count = 0
    def on_frame(self, frame):
        Watched.count += 1
        struct.pack_into("<qq", seen, 0, Watched.count, frame.wall_ns)
        super().on_frame(frame)

async def main():
    store = CaptureLibrary(captures_dir()).create(datetime.now(timezone.utc), "flood", "127.0.0.1")
    session = Watched(store, Contract(schemas()))
    await session.connect(ConnectionConfig(sys.argv[1], AuthTransport.NONE, compression=False), NoToken())
    await asyncio.get_running_loop().create_future()

asyncio.run(main())
"""


async def flood(connection: ServerConnection) -> None:
    """Numbered messages for ever."""
    number = 0
    with contextlib.suppress(ConnectionClosed):
        while True:
            number += 1
            await connection.send(json.dumps({"number": number, "text": "x" * 600}))


async def kill_after(messages: int, seen_file: Path) -> int:
    """Let a session run into a flood, and kill it when it has seen that many frames; when it saw the last one."""
    with seen_file.open("r+b") as file, mmap.mmap(file.fileno(), 16) as seen:
        async with serve(flood, "127.0.0.1", 0, subprotocols=["optave-v1"], compression=None) as server:  # type: ignore[list-item]
            url = f"ws://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}"
            session = await asyncio.create_subprocess_exec(
                sys.executable, "-c", SESSION, url, str(seen_file), cwd=ROOT, env={**os.environ}
            )
            deadline = time.monotonic() + DEADLINE_S
            while struct.unpack_from("<q", seen)[0] < messages:
                assert session.returncode is None, "the session ended by itself"
                assert time.monotonic() < deadline, "the flood did not get through in time"
                await asyncio.sleep(0.005)
            session.kill()
            await session.wait()
        return int(struct.unpack_from("<qq", seen)[1])


@pytest.mark.parametrize("messages", [1_000, 8_000])
def test_a_kill_in_a_flood_loses_the_last_second_at_most(tmp_path: Path, messages: int) -> None:
    (tmp_path / "seen").write_bytes(bytes(16))
    last_seen_ns = asyncio.run(kill_after(messages, tmp_path / "seen"))

    (found,) = CaptureLibrary(captures_dir()).crashed()
    assert found.state is CaptureState.CRASHED
    assert found.info.profile == "flood"
    recovered = recover(found.path)
    assert recovered.entries == found.entries
    assert last_seen_ns - recovered.last_wall_ns <= SECOND_NS
    assert CaptureLibrary(captures_dir()).crashed() == []

    store = CaptureStore.open(found.path, read_only=True)
    export_entries(store, tmp_path / "a.jsonl", ExportFormat.JSON_LINES)
    store.close()
    numbers, kinds = [], []
    for line in (tmp_path / "a.jsonl").read_text().splitlines()[1:]:
        record = json.loads(line)
        kinds.append(record["kind"])
        if record["kind"] == EntryKind.TEXT.name.lower():
            numbers.append(json.loads(record["text"])["number"])
    assert numbers == list(range(1, len(numbers) + 1)), "nothing is missing in the middle"
    assert len(numbers) > messages // 2
    assert kinds[:3] == ["state", "handshake", "text"]
