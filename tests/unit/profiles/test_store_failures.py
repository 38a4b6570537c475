"""Disks that are full, folders that cannot be written, writers that die or get in each other's way."""

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from msgspec.structs import replace

from optave_inspector.errors import InspectorError
from optave_inspector.profiles.atomic_file import write_atomically
from optave_inspector.profiles.folder_lock import folder_lock
from optave_inspector.profiles.profile import Profile
from optave_inspector.profiles.store import ProfileStore

posix = pytest.mark.skipif(os.name != "posix", reason="POSIX rights and limits")
NOBODY = 65534

COUNTER = """
import sys
from pathlib import Path
from msgspec.structs import replace
from optave_inspector.profiles.store import ProfileChanged, ProfileStore
store = ProfileStore(Path(sys.argv[1]), lock_timeout_s=30)
field, rounds = sys.argv[2], int(sys.argv[3])
done = 0
while done < rounds:
    profile = store.load("acme")
    try:
        store.save(replace(profile, **{field: str(int(getattr(profile, field)) + 1)}))
    except ProfileChanged:
        continue
    done += 1
"""

OVERWRITER = """
import itertools, sys
from pathlib import Path
from msgspec.structs import replace
from optave_inspector.profiles.store import ProfileStore
store = ProfileStore(Path(sys.argv[1]), lock_timeout_s=30)
profile = store.load("acme")
for number in itertools.count():
    store.save(replace(profile, client_id=str(number) * 2_000), overwrite=True)
    print(number, flush=True)
"""


@contextmanager
def small_files(limit: int) -> Iterator[None]:
    """While it lasts, the system refuses every write beyond ``limit`` bytes, as a full disk does."""
    import resource

    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, usual[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)


@pytest.fixture
def readable_folder() -> Iterator[Path]:
    """A folder that everybody may look into, which pytest's own is not."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name) / "profiles"


@contextmanager
def no_rights() -> Iterator[None]:
    """Without root's rights, which no read-only folder stops."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


def wait_until_it_wants_the_lock(thread: threading.Thread) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        frame = sys._current_frames().get(thread.ident)
        while frame is not None:
            if frame.f_code.co_name == "folder_lock":
                return
            frame = frame.f_back
    raise TimeoutError


@posix
def test_a_full_disk_leaves_the_old_file_and_nothing_else(store: ProfileStore, acme: Profile) -> None:
    mine = store.save(acme)
    before = (store.folder / "acme.json").read_bytes()
    with (
        small_files(100),
        pytest.raises(InspectorError, match=r"The profile Acme cannot be saved: File too large") as caught,
    ):
        store.save(replace(mine, client_id="longer" * 100))
    assert "untouched" in caught.value.hint
    assert (store.folder / "acme.json").read_bytes() == before
    assert sorted(each.name for each in store.folder.iterdir()) == [".lock", "acme.json"]


@posix
def test_a_read_only_folder_is_told_and_its_files_stay(readable_folder: Path, acme: Profile) -> None:
    store = ProfileStore(readable_folder)
    mine = store.save(acme)
    (store.folder / "broken.json").write_text("{", encoding="utf-8")
    for each in store.folder.iterdir():
        each.chmod(0o644)
    store.folder.chmod(0o555)
    with no_rights():
        with pytest.raises(InspectorError, match="cannot be saved: Permission denied"):
            store.save(replace(mine, client_id="new"))
        with pytest.raises(InspectorError, match="cannot be deleted: Permission denied"):
            store.delete("acme")
        assert store.list() == (mine,)
    assert "could not be set aside: Permission denied" in store.notices[0]
    store.folder.chmod(0o755)
    assert (store.folder / "broken.json").read_text(encoding="utf-8") == "{"


@posix
def test_a_file_that_cannot_be_read_is_told_and_left_alone(readable_folder: Path, acme: Profile) -> None:
    store = ProfileStore(readable_folder)
    store.save(acme)
    store.new("Other")
    store.folder.chmod(0o777)
    (store.folder / ".lock").chmod(0o666)
    for each in store.folder.glob("*.json"):
        each.chmod(0o600 if each.stem == "acme" else 0o644)
    other = ProfileStore(readable_folder)
    with no_rights():
        if os.geteuid() != NOBODY:
            (store.folder / "acme.json").chmod(0o000)
        assert [profile.name for profile in other.list()] == ["Other"]
        with pytest.raises(InspectorError, match=r"acme\.json cannot be read: Permission denied"):
            other.load("acme")
        other.new("Third")
    assert "cannot be read: Permission denied. It was left alone" in other.notices[0]


@posix
def test_a_folder_that_cannot_be_read_is_told(readable_folder: Path) -> None:
    readable_folder.mkdir(mode=0o000)
    with no_rights(), pytest.raises(InspectorError, match="cannot be read: Permission denied"):
        ProfileStore(readable_folder).list()


def test_a_file_in_place_of_the_folder_is_told(tmp_path: Path, acme: Profile) -> None:
    (tmp_path / "profiles").write_text("", encoding="utf-8")
    store = ProfileStore(tmp_path / "profiles")
    with pytest.raises(InspectorError, match="cannot be read"):
        store.list()
    with pytest.raises(InspectorError, match="cannot be saved"):
        store.save(acme)


def test_a_folder_in_place_of_the_file_is_told(store: ProfileStore, acme: Profile) -> None:
    (store.folder / "acme.json").mkdir(parents=True)
    with pytest.raises(InspectorError, match="cannot be saved: Is a directory"):
        store.save(acme)
    with pytest.raises(InspectorError, match="cannot be read: Is a directory"):
        store.load("acme")


def test_a_writer_that_never_ends_is_told_after_the_time_limit(store: ProfileStore, acme: Profile) -> None:
    mine = store.save(acme)
    (store.folder / "broken.json").write_text("{", encoding="utf-8")
    impatient = ProfileStore(store.folder, lock_timeout_s=0.05)
    with folder_lock(store.folder, 1):
        with pytest.raises(InspectorError, match="Another program holds"):
            impatient.save(replace(mine, client_id="new"))
        assert impatient.list() == (mine,)
    assert "could not be set aside: Another program holds" in impatient.notices[0]
    impatient.save(replace(mine, client_id="new"))


@pytest.mark.parametrize("mended", [b'{"version": 1, "name": "Mended"}', b'{"version": 9}'])
def test_a_file_that_is_mended_while_it_is_being_set_aside_stays(mended: bytes, store: ProfileStore) -> None:
    store.folder.mkdir()
    path = store.folder / "x.json"
    path.write_bytes(b"{")
    reader = threading.Thread(target=store.list)
    with folder_lock(store.folder, 1):
        reader.start()
        wait_until_it_wants_the_lock(reader)
        path.write_bytes(mended)
    reader.join()
    assert path.read_bytes() == mended
    assert store.notices == ()


def test_the_lock_is_free_again_after_an_error(tmp_path: Path) -> None:
    with pytest.raises(KeyError), folder_lock(tmp_path, 1):
        raise KeyError
    with folder_lock(tmp_path, 0):
        pass


def test_an_interrupted_write_leaves_the_old_content_and_no_remains(tmp_path: Path) -> None:
    path = tmp_path / "file"
    write_atomically(path, b"old")
    with pytest.raises(TypeError):
        write_atomically(path, "no bytes")  # type: ignore[arg-type]
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_two_processes_that_change_one_profile_a_thousand_times_lose_no_change(
    store: ProfileStore, acme: Profile
) -> None:
    store.save(replace(acme, client_id="0", tenant_id="0"))
    command = [sys.executable, "-c", COUNTER, str(store.folder)]
    writers = [
        subprocess.Popen([*command, field, "500"], stderr=subprocess.PIPE, text=True)
        for field in ("client_id", "tenant_id")
    ]
    seen = {0}
    while any(writer.poll() is None for writer in writers):
        # At each moment the file is whole, and no change that was in it is gone.
        profile = store.load("acme")
        written = int(profile.client_id) + int(profile.tenant_id)
        assert written >= max(seen)
        seen.add(written)
    for writer in writers:
        _, errors = writer.communicate(timeout=50)
        assert (writer.returncode, errors) == (0, "")
    assert len(seen) > 10
    assert store.notices == ()
    last = store.load("acme")
    assert (last.client_id, last.tenant_id) == ("500", "500")
    assert sorted(each.name for each in store.folder.iterdir()) == [".lock", "acme.json"]


def test_a_writer_killed_at_any_moment_leaves_a_whole_file_and_a_free_lock(store: ProfileStore, acme: Profile) -> None:
    store.save(acme)
    for wanted in (1, 7, 20):
        with subprocess.Popen(
            [sys.executable, "-c", OVERWRITER, str(store.folder)], stdout=subprocess.PIPE, text=True
        ) as writer:
            assert writer.stdout is not None
            while int(writer.stdout.readline()) < wanted:
                json.loads((store.folder / "acme.json").read_bytes())
            writer.kill()
        store.save(replace(store.load("acme"), client_id="mine"))
        assert store.notices == ()
    assert [profile.client_id for profile in store.list()] == ["mine"]
