"""A session on a disk that is full: it goes on in memory, says so, and says when memory gets tight as well."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import tempfile
import time
from typing import TYPE_CHECKING

import pytest

from optave_inspector import memory_watch
from optave_inspector.capture import writer
from optave_inspector.capture.store import CaptureStore, StoreError
from optave_inspector.client.config import NoToken
from optave_inspector.memory_watch import Memory, MemoryLevel, level, read_memory
from optave_inspector.protocol.contract import Contract
from optave_inspector.resources import schemas
from optave_inspector.session import Session

if sys.platform == "win32":
    pytest.skip("disks are made full by means of POSIX", allow_module_level=True)
from tests.integration.sessions import config, serving
from tests.small_disk import full_disk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from websockets.asyncio.server import ServerConnection

    from tests.small_disk import SmallDisk

GB = 2**30
PLENTY = Memory(8 * GB, 16 * GB, GB // 4)
TIGHT = Memory(GB, 16 * GB, GB)
CRITICAL = Memory(GB // 4, 16 * GB, GB)
MESSAGE = "x" * 10_000


@pytest.fixture
def disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmallDisk]:
    monkeypatch.setattr(memory_watch, "_PACE_S", 0.01)
    monkeypatch.setattr(writer, "_RETRY_AFTER_S", 0.05)
    with full_disk(tmp_path) as made:
        yield made


class Desk:
    """A session with a server that sends as many messages as it is asked for, and what the session told."""

    def __init__(self, store: CaptureStore) -> None:
        self.memory = PLENTY
        self.store = store
        self.session = Session(store, Contract(schemas()), lambda: self.memory)
        self.warned: list[str] = []
        self.alarmed: list[str] = []
        self.reassured: list[str] = []
        self.unsaved: list[int] = []
        for name in ("warned", "alarmed", "reassured"):
            getattr(self.session, name).connect(getattr(self, name).append)
        self.session.unsaved_changed.connect(self.unsaved.append)
        self._server: asyncio.Future[ServerConnection] = asyncio.get_running_loop().create_future()

    async def handler(self, connection: ServerConnection) -> None:
        self._server.set_result(connection)
        await connection.wait_closed()

    async def receive(self, count: int) -> None:
        """Let messages come, and wait until they are kept."""
        server, wanted = await self._server, self.session.received + count
        for _ in range(count):
            await server.send(MESSAGE)
        await until(lambda: self.session.received == wanted)
        await self.session.settled()


async def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        await asyncio.sleep(0.01)


@contextlib.asynccontextmanager
async def desk(store: CaptureStore):
    made = Desk(store)
    async with serving(made.handler) as url:
        await made.session.connect(config(url), NoToken())
        yield made
        await made.session.aclose()
    with contextlib.suppress(StoreError):
        store.close()


def test_a_full_disk_is_told_once_with_a_way_out_and_the_count_of_what_is_in_memory(disk: SmallDisk) -> None:
    async def main() -> None:
        async with desk(CaptureStore.create(disk.folder / "full.optave-capture")) as at:
            await at.receive(300)
            await at.receive(50)
            await until(lambda: at.unsaved and at.unsaved[-1] == at.store.unsaved)
            assert len(at.warned) == 1
            assert "kept in memory only" in at.warned[0]
            assert "Free disk space: writing is tried again" in at.warned[0]
            assert "Save capture as" in at.warned[0]
            assert 50 <= at.store.unsaved <= at.store.count
            assert at.store.unsaved_bytes >= 50 * len(MESSAGE)
            assert at.unsaved == sorted(at.unsaved)
            assert not at.alarmed
            texts = [each for each in at.store.page(1, at.store.count) if each.kind == 1]
            assert len(texts) == 350
            assert all(at.store.payload(each.number) == MESSAGE.encode() for each in texts)

    asyncio.run(main())


def test_tight_memory_is_a_warning_critical_memory_an_alarm_and_each_is_told_once(disk: SmallDisk) -> None:
    async def main() -> None:
        async with desk(CaptureStore.create(disk.folder / "full.optave-capture")) as at:
            await at.receive(200)
            at.memory = TIGHT
            await until(lambda: len(at.warned) == 2)
            tight = at.warned[1]
            assert tight.startswith(
                "Memory gets tight: 1.1 GB of 17.2 GB are left; Optave Inspector itself uses 1.1 GB."
            )
            assert f"{at.store.unsaved:,} entries are in memory only" in tight
            assert "Free disk space" in tight
            assert "close the session" in tight
            at.memory = CRITICAL
            await until(lambda: at.alarmed)
            assert at.alarmed[0].startswith("Memory is nearly full: 268 MB of 17.2 GB are left;")
            at.memory = TIGHT
            await at.receive(20)
            at.memory = CRITICAL
            await at.receive(20)
            assert len(at.alarmed) == 1
            assert len(at.warned) == 2
            assert len([each for each in at.store.page(1, at.store.count) if each.kind == 1]) == 240

    asyncio.run(main())


def test_room_on_the_disk_takes_the_warning_back_and_the_next_trouble_is_told_anew(disk: SmallDisk) -> None:
    async def main() -> None:
        async with desk(CaptureStore.create(disk.folder / "full.optave-capture")) as at:
            await at.receive(200)
            assert at.store.unsaved
            disk.make_room()
            await until(lambda: at.reassured)
            assert at.reassured == ["The capture is written again: all entries are saved."]
            await until(lambda: at.unsaved[-1] == 0)
            assert at.store.unsaved == 0
            assert at.store.unsaved_bytes == 0
            at.store._writer._connection.execute("PRAGMA max_page_count = 1")
            await at.receive(1000)
            await until(lambda: len(at.warned) == 2)
            assert "kept in memory only" in at.warned[1]
            at.memory = TIGHT
            await until(lambda: len(at.warned) == 3)

    asyncio.run(main())


def test_without_any_file_no_writing_is_promised(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))
    monkeypatch.setattr(memory_watch, "_PACE_S", 0.01)

    async def main() -> None:
        async with desk(CaptureStore.create(None)) as at:
            await at.receive(5)
            assert "tried again" not in at.warned[0]
            assert "Save a copy elsewhere" in at.warned[0]
            at.memory = CRITICAL
            await until(lambda: at.alarmed)
            assert "tried again" not in at.alarmed[0]
            assert at.store.unsaved == at.store.count > 5
            assert at.store.unsaved_bytes >= 5 * len(MESSAGE)

    asyncio.run(main())


def test_a_log_that_is_saved_speaks_of_memory_when_it_is_the_one_that_fills_it_or_when_it_is_critical(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory_watch, "_PACE_S", 0.01)

    async def main() -> None:
        async with desk(CaptureStore.create(tmp_path / "sound.optave-capture")) as at:
            looked: list[Memory] = []

            def reading(memory: Memory) -> Callable[[], Memory]:
                return lambda: looked.append(memory) or memory

            async def read(memory: Memory) -> None:
                at.session._memory._read = reading(memory)
                before = len(looked)
                while len(looked) == before:
                    await at.receive(1)
                    await asyncio.sleep(0.01)

            await read(TIGHT)
            assert at.warned == []
            await read(Memory(GB, 16 * GB, 3 * GB))
            await read(Memory(GB, 16 * GB, 3 * GB))
            assert len(at.warned) == 1
            assert at.warned[0].startswith("Memory gets tight")
            assert "is on disk" in at.warned[0]
            await read(CRITICAL)
            await read(CRITICAL)
            assert len(at.warned) == 2
            assert at.warned[1].startswith("Memory is nearly full")
            await read(PLENTY)
            await read(CRITICAL)
            assert len(at.warned) == 3
            assert at.alarmed == []
            assert at.unsaved == []

    asyncio.run(main())


def test_a_saved_log_at_rest_looks_at_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory_watch, "_PACE_S", 0.01)

    async def main() -> None:
        async with desk(CaptureStore.create(tmp_path / "sound.optave-capture")) as at:
            await at.receive(1)
            await until(lambda: at.session._memory._timer is None)

    asyncio.run(main())


@pytest.mark.parametrize(
    ("memory", "expected"),
    [
        (PLENTY, MemoryLevel.FINE),
        (Memory(2 * GB, 64 * GB, GB), MemoryLevel.FINE),
        (Memory(2 * GB - 1, 64 * GB, GB), MemoryLevel.TIGHT),
        (Memory(GB // 2, 64 * GB, GB), MemoryLevel.TIGHT),
        (Memory(GB // 2 - 1, 64 * GB, GB), MemoryLevel.CRITICAL),
        (Memory(GB // 2, 2 * GB, GB // 8), MemoryLevel.FINE),
        (Memory(GB // 2 - 1, 2 * GB, GB // 8), MemoryLevel.TIGHT),
        (Memory(GB // 8 - 1, 2 * GB, GB // 8), MemoryLevel.CRITICAL),
        (Memory(8 * GB, 16 * GB, 9 * GB), MemoryLevel.TIGHT),
        (Memory(8 * GB, 16 * GB, 13 * GB), MemoryLevel.CRITICAL),
    ],
)
def test_what_is_tight_depends_on_the_computer(memory: Memory, expected: MemoryLevel) -> None:
    assert level(memory) is expected


def test_this_computer_can_be_read() -> None:
    memory = read_memory()
    assert 0 < memory.available <= memory.total
    assert 2**20 < memory.own < memory.total
