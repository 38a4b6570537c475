"""Typing in a draft of 128 KB: how long a key takes until it is painted, in the composer and in a bare QPlainTextEdit.

Keys are due at set times, now and then with a pause in which verdicts, proposals and the form come; what they take
counts against the key that is due meanwhile. Both editors hold the same text and get the same keys in one run.
"""

from __future__ import annotations

import asyncio
import json
import os
import time
from typing import TYPE_CHECKING, Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

if TYPE_CHECKING:
    from PySide6.QtWidgets import QPlainTextEdit, QWidget

SIZE = 131_000
KEYS = 400
GAP_S = 0.03
PAUSE_EVERY = 3
PAUSES_S = (0.065, 0.085, 0.155, 0.165, 0.18, 0.24)
"""About the waits for proposals, form and verdicts, so that these are made while the next key is due."""
TARGET_MS = 16.0
_TYPED = "The quick brown fox is typed here, word by word. "


def long_draft() -> str:
    """A payload of 128 KB as a template would be laid out, with findings and characters beyond ASCII."""
    from optave_inspector.compose.templates import templates
    from optave_inspector.protocol.actions import Action

    text = next(one.text for one in templates(Action.INTERACTION) if one.name == "typical")
    value = json.loads(text)
    messages = value["request"]["scope"]["conversations"][0]["messages"]
    message = {
        **messages[0],
        "content": "Grüße: a message of usual length.",
        "timestamp": "2026-03-02T09:12:04.000000Z",
    }
    size = len(json.dumps(message, indent=2)) + 60
    messages += [message] * ((SIZE - len(text)) // size)
    return json.dumps(value, indent=2, ensure_ascii=False)


async def type_into(editor: QPlainTextEdit) -> list[float]:
    """Milliseconds from when each key is due until what it changed is painted."""
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication

    took = []
    due = time.perf_counter() + 0.5
    for number in range(KEYS):
        due += PAUSES_S[number // PAUSE_EVERY % len(PAUSES_S)] if number % PAUSE_EVERY == 0 else GAP_S
        due = max(due, time.perf_counter())
        await asyncio.sleep(max(due - time.perf_counter(), 0))
        began = min(due, time.perf_counter())
        char = _TYPED[number % len(_TYPED)]
        QTest.keyClick(editor, char if char != " " else Qt.Key.Key_Space)
        QApplication.sendPostedEvents()  # paints what changed
        took.append((time.perf_counter() - began) * 1000)
    return took


def place_cursor(editor: QPlainTextEdit, text: str) -> None:
    """In the middle of the text, in a message's content."""
    cursor = editor.textCursor()
    cursor.setPosition(text.index("Grüße", len(text) // 2) + 3)
    editor.setTextCursor(cursor)
    editor.centerCursor()


async def measure() -> dict[str, list[float]]:
    """The times by way: bare, composer, composer with its form."""
    from PySide6.QtWidgets import QPlainTextEdit

    from optave_inspector.capture.store import CaptureStore
    from optave_inspector.protocol.contract import Contract
    from optave_inspector.resources import schemas
    from optave_inspector.session import Session
    from optave_inspector.ui import theme
    from optave_inspector.ui.bridge import SessionBridge
    from optave_inspector.ui.panels.composer import ComposerPanel

    theme.theme_switch().apply(dark=False)
    text = long_draft()
    bare = QPlainTextEdit()
    bare.setFont(theme.mono_font())
    bare.setPlainText(text)
    session = Session(CaptureStore.create(None), Contract(schemas()))
    bridge = SessionBridge(session)
    composer = ComposerPanel(bridge)
    composer.set_text(text)
    found: dict[str, list[float]] = {}

    async def way(name: str, window: QWidget, editor: QPlainTextEdit) -> None:
        window.resize(900, 620)
        window.show()
        window.activateWindow()
        editor.setFocus()
        place_cursor(editor, text)
        found[name] = await type_into(editor)
        window.hide()

    await way("bare", bare, bare)
    await way("composer", composer, composer.editor)
    composer.form.button.setChecked(True)
    composer.set_text(text)
    await way("form", composer, composer.editor)
    await bridge.stop()
    await session.aclose()
    session.store.close()
    return found


def run() -> list[dict[str, Any]]:
    """A row per figure."""
    import qasync
    from PySide6.QtWidgets import QApplication

    application = QApplication.instance() or QApplication([])
    assert isinstance(application, QApplication)
    application.setQuitOnLastWindowClosed(False)
    found = qasync.run(measure())
    rows = []
    bare = _at(found["bare"], 0.5), _at(found["bare"], 0.99)
    for way, words in (("bare", "a bare QPlainTextEdit"), ("composer", "the composer"), ("form", "composer with form")):
        p50, p99 = _at(found[way], 0.5), _at(found[way], 0.99)
        rows.append(_row(f"a key in 128 KB, p50, {words}", p50, "ms"))
        target = None if way == "bare" else TARGET_MS
        rows.append(_row(f"a key in 128 KB, p99, {words}", p99, "ms", target))
        if way != "bare":
            rows.append(_row(f"a key in 128 KB, p50, {words} / bare", p50 / bare[0], "ratio"))
            rows.append(_row(f"a key in 128 KB, p99, {words} / bare", p99 / bare[1], "ratio"))
    return rows


def _at(values: list[float], part: float) -> float:
    return sorted(values)[int((len(values) - 1) * part)]


def _row(name: str, value: float, unit: str, target: float | None = None) -> dict[str, Any]:
    holds = None if target is None else value <= target
    return {"name": name, "value": round(value, 2), "unit": unit, "target": target, "holds": holds}


if __name__ == "__main__":
    for row in run():
        print(row)
