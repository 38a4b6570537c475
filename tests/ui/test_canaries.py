"""Secrets are planted, the whole app is driven, and every byte that it wrote, showed or printed is searched."""

from __future__ import annotations

import base64
import os
import stat
import tempfile
from itertools import count
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

import psutil
from msgspec.structs import replace
from PySide6.QtGui import QAccessible, QAction, QGuiApplication
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from optave_inspector.app import build_window, take_apart
from optave_inspector.capture.exporting import export_entries
from optave_inspector.client.config import AuthTransport
from optave_inspector.client.token_sources import UsedTokens
from optave_inspector.profiles.commands import write_shared
from optave_inspector.profiles.profile import TokenSourceKind
from optave_inspector.profiles.secrets import CLIENT_SECRET, FIELDS
from optave_inspector.protocol.states import ConnectionState
from optave_inspector.tour import Tour
from optave_inspector.ui.dialogs.export_dialog import ExportDialog, Part

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from optave_inspector.app import WindowParts


def forms(secret: str) -> set[bytes]:
    """How a secret may look in a file: plain, in a URL, in base64 at each place that it may begin at."""
    raw = secret.encode()
    found = {raw, quote(secret, safe="").encode(), quote_plus(secret).encode()}
    for skipped in range(3):
        whole = raw[skipped:]
        whole = whole[: len(whole) // 3 * 3]
        found |= {base64.b64encode(whole), base64.urlsafe_b64encode(whole)}
    return found


class Search:
    """Collects what was seen, and says where a secret was."""

    def __init__(self) -> None:
        self.secrets: dict[str, str] = {}
        self._seen: list[tuple[str, bytes]] = []

    def see(self, where: str, what: str | bytes) -> None:
        self._seen.append((where, what if isinstance(what, bytes) else what.encode("utf-8", "surrogatepass")))

    def see_files(self, folder: Path) -> None:
        for path in folder.rglob("*"):
            if path.is_file() and not path.is_symlink():
                self.see(f"the file {path.relative_to(folder)}", path.read_bytes())

    def found(self) -> list[str]:
        looked_for = {name: forms(secret) for name, secret in self.secrets.items()}
        return sorted(
            {
                f"{name} in {where}"
                for where, content in self._seen
                for name, each in looked_for.items()
                if any(form in content for form in each)
            }
        )


def see_widgets(search: Search) -> None:
    """Everything that a user, a screen reader or a program from outside can read."""
    for top in QApplication.topLevelWidgets():
        for widget in (top, *top.findChildren(QWidget)):
            where = f"the widget {widget.objectName() or type(widget).__name__}"
            for text in (
                widget.windowTitle(),
                widget.toolTip(),
                widget.accessibleName(),
                widget.accessibleDescription(),
            ):
                search.see(where, text)
            for name in ("text", "toPlainText"):
                hidden = isinstance(widget, QLineEdit) and widget.echoMode() is QLineEdit.EchoMode.Password
                if callable(getattr(widget, name, None)) and not hidden:
                    search.see(where, getattr(widget, name)())
            accessible = QAccessible.queryAccessibleInterface(widget)
            if accessible is not None:
                for kind in (QAccessible.Text.Name, QAccessible.Text.Value, QAccessible.Text.Description):
                    search.see(f"the accessible text of {where}", accessible.text(kind))


def copy_all(window: QWidget, search: Search) -> int:
    """Trigger each action that copies; those of secret fields copy a secret on purpose."""
    copied = 0
    for action in window.findChildren(QAction):
        name = action.objectName()
        if "opy" not in name or not action.isEnabled() or "Profile" in name or name.startswith("connection"):
            continue
        QGuiApplication.clipboard().clear()
        action.trigger()
        copied += 1
        search.see(f"the clipboard after {name}", QGuiApplication.clipboard().text())
    return copied


async def attempts(parts: WindowParts, wait_until) -> None:
    """Connect in the ways that a user may, refused ones included."""
    session, current = parts.session, parts.current

    async def attempt() -> None:
        number = session.attempt
        failed = session.failure
        parts.window.view.connector.connect_now()
        await wait_until(
            lambda: (
                session.state is ConnectionState.OPEN
                or (session.failure is not None and session.failure is not failed)
                or (session.attempt > number and session.state is ConnectionState.CLOSED)
            )
        )
        await session.close(1000, "")

    current.edit(headers={"X-Key": "{{secret}}"})
    await attempt()
    current.edit(auth_transport=AuthTransport.QUERY)
    await attempt()
    await parts.tenant.scenario("refuse-403")
    await attempt()
    await current.secrets.set(current.profile.id, CLIENT_SECRET, "wr0ng-" + "canary" * 4, remember=False)
    await attempt()
    current.edit(token_source_kind=TokenSourceKind.PASTED)
    await attempt()
    session.abort()


def test_no_secret_leaves_its_place(
    aio, wait_until, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd, caplog
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    search, numbers = Search(), count()
    before = os.umask(0)
    add = UsedTokens.add

    def spy(self: UsedTokens, token: str) -> None:
        search.secrets[f"token {next(numbers)}"] = token
        add(self, token)

    monkeypatch.setattr(UsedTokens, "add", spy)

    async def run() -> None:
        parts = await build_window()
        try:
            parts.window.resize(1280, 800)
            parts.window.show()
            tour = Tour(parts, tmp_path / "pictures")
            assert await tour.walk(), tour.table()
            address = parts.tenant.address
            assert address is not None
            search.secrets["the tenant's secret"] = address.client_secret
            search.secrets["a wrong secret"] = "wr0ng-" + "canary" * 4
            for field in FIELDS:
                if field != CLIENT_SECRET:
                    search.secrets[field] = f"c4n4ry/{field}+=%&?"
                    # What goes into a header must fit into one.
                    await parts.current.secrets.set(parts.current.profile.id, field, search.secrets[field])
            for child in psutil.Process().children(recursive=True):
                search.see("a command line", " ".join(child.cmdline()))
            before_them = parts.session.attempt
            await attempts(parts, wait_until)
            assert parts.session.attempt >= before_them + 3
            parts.bridge.flush()
            see_widgets(search)
            assert copy_all(parts.window, search) >= 5
            parts.window.view.evidence.of_attempt(1)
            parts.window.view.show_report(1)
            see_widgets(search)
            dialog = ExportDialog(parts.session.store, [Part("&All entries", None)], parts.window)
            for ending in ("har", "jsonl", "csv"):
                kind = type(dialog.choice.format)(ending)
                export_entries(parts.session.store, tmp_path / f"x.{ending}", kind, rules=dialog.choice.rules)
            await parts.current.book.save_now()
            write_shared([replace(each, unknown={}) for each in await parts.current.book.saved()], tmp_path / "x.json")
            await parts.window.save_layout()
            search.see_files(tmp_path)
            # Whatever the umask, what is the user's own is the user's alone.
            assert open_to_others(home) == []
        finally:
            await take_apart(parts)
        search.see_files(tmp_path)

    try:
        aio(run(), timeout=120)
    finally:
        os.umask(before)
    out, err = capfd.readouterr()
    search.see("the output", out)
    search.see("the errors", err)
    search.see("the log", caplog.text)
    assert len(search.secrets) >= 8
    assert len([name for name in search.secrets if name.startswith("token ")]) >= 5
    assert search.found() == []


def test_the_search_finds_a_secret_in_every_form(tmp_path: Path) -> None:
    search = Search()
    search.secrets["one"] = "c4n4ry/+= x?"
    texts = ["c4n4ry/+= x?", quote_plus("c4n4ry/+= x?"), quote("c4n4ry/+= x?", safe="")]
    encoded = [base64.b64encode(f"{'.' * skipped}c4n4ry/+= x?".encode()).decode() for skipped in range(3)]
    for number, text in enumerate((*texts, *encoded)):
        (tmp_path / f"{number}").write_text(f"before {text} after", encoding="utf-8")
    search.see_files(tmp_path)
    assert len(search.found()) == len(texts) + len(encoded)


def open_to_others(home: Path) -> list[str]:
    """What of the user's own files others may read, write or enter."""
    paths = [home, *home.rglob("*")]
    assert len(paths) > 5
    return [f"{path}: {stat.filemode(path.stat().st_mode)}" for path in paths if path.stat().st_mode & 0o077]
