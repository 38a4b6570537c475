"""Files from others run nothing, fetch nothing, and write nowhere but where the user said, whatever they hold."""

from __future__ import annotations

import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from optave_inspector.capture.store import CaptureStore
from optave_inspector.compose.collection import decode_collection
from optave_inspector.compose.drafts import decode_draft
from optave_inspector.compose.own_files import BrokenFile, NewerFile
from optave_inspector.errors import InspectorError
from optave_inspector.own_captures import OwnCaptures
from optave_inspector.profiles.env_import import import_environment, parse_env_file
from optave_inspector.profiles.sharing import decode_shared
from optave_inspector.protocol.contract import Contract
from optave_inspector.protocol.url_template import UrlTemplate, UrlTemplateError
from optave_inspector.replay import CaptureReplay
from optave_inspector.repro.reading import load_recipe
from optave_inspector.resources import schemas
from tests.captures import make_capture

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_FORBIDDEN = (
    *("socket.", "subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork"),
    "ctypes.dlopen",
)
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class Guard:
    """Hears every audit event of the interpreter; a hook cannot be taken out again, so there is one for all tests."""

    def __init__(self) -> None:
        self.allowed: Path | None = None
        self.faults: list[str] = []
        sys.addaudithook(self._hear)

    @contextmanager
    def watch(self, allowed: Path) -> Iterator[None]:
        """Nothing is run, connected to, or written outside ``allowed`` in here."""
        self.faults, self.allowed = [], allowed
        try:
            yield
        finally:
            self.allowed = None
        assert self.faults == []

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if self.allowed is None:
            return
        if event.startswith(_FORBIDDEN):
            self.faults.append(event)
        elif event == "open" and isinstance(arguments[0], str | bytes) and (arguments[2] or 0) & _WRITING:
            self._judge(event, os.fsdecode(arguments[0]))
        elif event in ("os.rename", "os.link", "os.symlink"):
            self._judge(event, os.fsdecode(arguments[1]))
        elif event in ("os.remove", "os.mkdir", "os.rmdir", "os.truncate", "os.chmod"):
            self._judge(event, os.fsdecode(arguments[0]))
        elif event == "sqlite3.connect":
            self._judge(event, os.fsdecode(arguments[0]).removeprefix("file:").partition("?")[0])

    def _judge(self, event: str, path: str) -> None:
        assert self.allowed is not None
        if path not in (":memory:", "", os.devnull) and not os.path.realpath(path).startswith(str(self.allowed)):
            self.faults.append(f"{event} {path}")


@pytest.fixture(scope="module")
def guard() -> Guard:
    """The one of this module."""
    return Guard()


def take_env(path: Path) -> None:
    import_environment(parse_env_file(path.read_bytes()), "x")


def take_capture(path: Path) -> None:
    store = CaptureStore.open(path, read_only=True)
    try:
        replay = CaptureReplay(store, Contract(schemas()))
        replay.rebuild()
        for number in range(1, min(store.count, 5) + 1):
            store.payload(number)
    finally:
        store.close()


def take_import(path: Path) -> None:
    folder = path.parent / "own"
    OwnCaptures(lambda: folder, folder / "captures.json", folder / "recent.json").import_file(
        path, lambda _done, _all: None, lambda: False
    )


READERS: dict[str, Callable[[Path], object]] = {
    ".optave-capture": take_capture,
    ".har": take_import,
    ".jsonl": take_import,
    ".optave-recipe.toml": load_recipe,
    ".optave-profile.json": lambda path: decode_shared(path.read_bytes()),
    ".env": take_env,
    ".collection.json": lambda path: decode_collection(path.read_bytes()),
    ".draft.json": lambda path: decode_draft(path.read_bytes(), "x"),
}
"""How each kind of file that may come from somebody else is read."""
EVIL = "../../../../tmp/evil; touch /tmp/evil; $(touch /tmp/evil); http://127.0.0.1:9/x; file:///etc/passwd"
TEXTS = {
    ".har": json.dumps(
        {
            "log": {
                "version": "1.2",
                "creator": {"name": EVIL},
                "entries": [
                    {
                        "startedDateTime": "2026-01-01T00:00:00Z",
                        "request": {"url": f"ws://127.0.0.1:9/{EVIL}", "headers": [{"name": EVIL, "value": EVIL}]},
                        "response": {"status": 101, "content": {"_file": "/etc/passwd", "text": EVIL}},
                        "_webSocketMessages": [{"type": "send", "time": 1.0, "opcode": 1, "data": EVIL}],
                    }
                ],
            }
        }
    ),
    ".jsonl": json.dumps({"path": EVIL, "payload_file": "/etc/passwd", "$ref": "http://127.0.0.1:9/", "data": EVIL}),
    ".optave-recipe.toml": (
        'format = "optave-recipe"\nversion = 1\n[connection]\nurl = "ws://127.0.0.1:9/"\n[[step]]\n'
        f'do = "send"\nfile = "/etc/passwd"\ncommand = "{EVIL}"\n'
    ),
    ".optave-profile.json": json.dumps(
        {
            "format": "optave-inspector-profiles",
            "version": 3,
            "profiles": [
                {
                    "id": "../../../../tmp/evil",
                    "name": EVIL,
                    "ca_file": "//127.0.0.1/share/ca.pem",
                    "token_source_kind": "command",
                    "token_command": EVIL,
                    "url_template": "ws://127.0.0.1:9/{{x}}",
                    "fields": {"x": EVIL},
                }
            ],
        }
    ),
    ".env": f"OPTAVE__WEBSOCKET_URL=$(touch /tmp/evil)\nOPTAVE__CLIENT_ID=`touch /tmp/evil` ${{HOME}}\nX={EVIL}\n",
    ".collection.json": json.dumps(
        {"version": 1, "name": EVIL, "requests": [{"id": EVIL, "name": EVIL, "text": [EVIL]}]}
    ),
    ".draft.json": json.dumps({"version": 1, "text": EVIL, "name": EVIL, "file": "/etc/passwd"}),
}


def read(kind: str, path: Path) -> None:
    """Read a file as the app does; it may be refused in words."""
    with suppress(InspectorError, BrokenFile, NewerFile):
        READERS[kind](path)


def test_the_guard_hears_what_is_forbidden(guard: Guard, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    acts: list[Callable[[], object]] = [
        lambda: (tmp_path / "out").write_text("x", encoding="utf-8"),
        (tmp_path / "made").mkdir,
        lambda: subprocess.run([sys.executable, "--version"], check=False, capture_output=True),
        lambda: socket.create_connection(("127.0.0.1", 9)),
        lambda: sqlite3.connect(tmp_path / "out.sqlite").close(),
    ]
    for act in acts:
        with pytest.raises(AssertionError, match=r"open|mkdir|Popen|socket|sqlite3"):  # noqa: SIM117 - the watch is tried
            with guard.watch(tmp_path / "in"), suppress(OSError):
                act()
    with guard.watch(tmp_path.resolve()):
        acts[0]()


@pytest.mark.parametrize("kind", TEXTS)
def test_a_hostile_file_runs_fetches_and_writes_nothing(kind: str, guard: Guard, tmp_path: Path) -> None:
    path = tmp_path / f"x{kind}"
    path.write_text(TEXTS[kind], encoding="utf-8")
    read(kind, path)  # what is imported late may open files of its own
    with guard.watch(tmp_path.resolve()):
        read(kind, path)


def test_a_capture_with_triggers_and_views_of_somebody_s_own_runs_and_writes_nothing(
    guard: Guard, tmp_path: Path
) -> None:
    path = tmp_path / "x.optave-capture"
    make_capture(path)
    with sqlite3.connect(path) as database:
        tables = [name for (name,) in database.execute("select name from sqlite_master where type = 'table'")]
        for number, name in enumerate(tables):
            if name.startswith("sqlite_"):
                continue
            database.execute(
                f"create trigger evil{number} after insert on {name} begin select load_extension('/tmp/evil.so'); end"
            )
    database.close()
    with guard.watch(tmp_path.resolve()):
        read(".optave-capture", path)


@pytest.mark.parametrize("kind", READERS)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_a_file_holds_only_errors_of_ours_come_of_it(
    kind: str, guard: Guard, tmp_path: Path, data: st.DataObject
) -> None:
    path = tmp_path / f"x{kind}"
    if kind == ".optave-capture":
        original = tmp_path / "whole"
        if not original.exists():
            make_capture(path)
            shutil.copy(path, original)
        content = bytearray(original.read_bytes())
    else:
        content = bytearray(TEXTS[kind].encode())
    for _ in range(data.draw(st.integers(1, 8))):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place : place + data.draw(st.integers(0, 4))] = data.draw(st.binary(max_size=6))
    path.write_bytes(bytes(content))
    with guard.watch(tmp_path.resolve()):
        read(kind, path)


@given(template=st.text() | st.text(alphabet="ws:/{}[]@#?%.-a1\0 \u212a", max_size=60), value=st.text())
def test_any_url_template_makes_a_url_or_an_error_of_ours(template: str, value: str) -> None:
    try:
        parsed = UrlTemplate.parse(template)
        url = parsed.expand(dict.fromkeys(parsed.fields, value))
    except UrlTemplateError:
        return
    assert url.startswith(("ws://", "wss://"))
