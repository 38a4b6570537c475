"""The drafts of a profile as tabs: kept as they are typed, in several sessions and windows at once."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QTabBar, QToolButton

from optave_inspector.app import WindowParts, build_window, take_apart
from optave_inspector.compose.draft_store import DraftStore
from optave_inspector.protocol.actions import Action
from tests.ui.composer_desk import CONTROL, SHIFT, hint, new_composer, type_over
from tests.ui.wire import new_session

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

SECOND = float(os.environ.get("OPTAVE_INSPECTOR_TEST_TIME_SCALE", "1"))


@pytest.fixture
def composer(qtbot, aio):
    session = new_session()
    made = new_composer(qtbot, session)
    yield made
    aio(made.bridge.stop())
    aio(session.aclose())
    session.store.close()


@contextlib.asynccontextmanager
async def window() -> AsyncIterator[WindowParts]:
    parts = await build_window()
    parts.window.show()
    try:
        yield parts
    finally:
        await take_apart(parts)


def tabs(composer) -> list[str]:
    bar = composer.drafts.findChild(QTabBar, "composerDraftTabs")
    return [bar.tabText(index) for index in range(bar.count())]


def texts(composer) -> list[str]:
    return [draft.text for draft in composer.drafts.open()]


def kept(home: Path) -> list[dict]:
    """What the files hold."""
    return [json.loads(path.read_text()) for path in sorted((home / "data" / "drafts").glob("*/*.json"))]


def on_disk(home: Path) -> set[str]:
    return {"\n".join(draft["text"]) for draft in kept(home) if not draft["closed"]}


def test_undo_survives_going_to_another_draft_and_back(composer, qtbot):
    type_over(composer, qtbot, "one")
    qtbot.keyClick(composer.editor, Qt.Key.Key_N, CONTROL)
    assert composer.text() != "one"
    assert not composer.editor.document().isUndoAvailable()
    type_over(composer, qtbot, "two")
    QTest.keySequence(composer.editor, "Alt+PgUp")
    assert composer.text() == "one"
    composer.editor.undo()
    assert composer.text() != "one"
    composer.editor.redo()
    QTest.keySequence(composer.editor, "Alt+PgDown")
    assert composer.text() == "two"
    composer.editor.undo()
    assert composer.text() != "two"


def test_a_draft_keeps_its_action_mode_headers_and_cursor(composer, qtbot):
    composer.set_action(Action.TRANSLATE)
    composer.headers.set_texts({"traceId": "mine"})
    composer.set_text("abc")
    composer.editor.go_to(2)
    composer.drafts.new()
    assert composer.action() is Action.INTERACTION
    assert composer.headers.texts()["traceId"] == ""
    composer.set_whole(whole=True)
    composer.drafts.step(1)
    assert composer.action() is Action.TRANSLATE
    assert not composer.whole()
    assert composer.headers.texts()["traceId"] == "mine"
    assert composer.editor.cursor_offset() == 2
    composer.drafts.step(1)
    assert composer.whole()


def test_a_closed_draft_can_be_opened_again(composer, qtbot):
    type_over(composer, qtbot, "precious")
    bar = composer.drafts.findChild(QTabBar, "composerDraftTabs")
    button = bar.tabButton(0, QTabBar.ButtonPosition.RightSide)
    assert isinstance(button, QToolButton)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert composer.text() != "precious"
    assert len(tabs(composer)) == 1
    composer.editor.setFocus()
    qtbot.keyClick(composer.editor, Qt.Key.Key_T, CONTROL | SHIFT)
    assert composer.text() == "precious"
    qtbot.keyClick(composer.editor, Qt.Key.Key_F4, CONTROL)
    assert "precious" not in texts(composer)


def test_drafts_are_renamed_and_moved_by_keys(composer, qtbot):
    type_over(composer, qtbot, "first")
    composer.drafts.new()
    type_over(composer, qtbot, "second")
    QTest.keySequence(composer.editor, "Alt+F2")
    field = composer.window().findChild(QLineEdit, "renameDraftDialogEdit")
    field.setText("A & B")
    field.window().accept()
    assert tabs(composer) == ["interaction", "A && B"]
    composer.editor.setFocus()
    QTest.keySequence(composer.editor, "Alt+Shift+PgUp")
    assert texts(composer) == ["second", "first"]
    assert composer.text() == "second"
    QTest.keySequence(composer.editor, "Alt+Shift+PgDown")
    assert texts(composer) == ["first", "second"]


def test_every_profile_has_drafts_of_its_own(composer, qtbot):
    type_over(composer, qtbot, "of nobody")
    composer.drafts.use_profile("somebody")
    assert "of nobody" not in texts(composer)
    type_over(composer, qtbot, "of somebody")
    composer.drafts.use_profile("nobody")
    assert texts(composer) == ["of nobody"]
    composer.editor.undo()
    assert composer.text() != "of nobody"


def test_drafts_come_back_after_a_restart_with_the_same_one_in_front(aio, home, wait_until):
    async def first():
        async with window() as parts:
            await parts.current.new("mine")
            composer = parts.window.composer
            composer.set_text("one")
            composer.drafts.new()
            composer.set_text("two")
            composer.drafts.rename("second")
            composer.drafts.step(-1)

    async def again():
        async with window() as parts:
            assert tabs(parts.window.composer) == ["interaction", "second"]
            assert parts.window.composer.text() == "one"

    aio(first())
    assert on_disk(home) == {"one", "two"}
    aio(again())


def test_drafts_of_a_profile_that_was_never_saved_are_not_lost(aio, home, wait_until):
    async def first():
        async with window() as parts:
            parts.window.composer.set_text("typed before anything else")

    async def again():
        async with window() as parts:
            assert texts(parts.window.composer) == ["typed before anything else"]

    aio(first())
    aio(again())


def test_the_drafts_that_the_layout_of_an_older_release_held_are_taken_over_once(aio, home, wait_until):
    old = {"action": "adjust", "whole": False, "text": '{"old": 1}', "template": "", "headers": {"traceId": "t"}}
    other = {**old, "text": '{"old": 2}'}
    layout = home / "config" / "layout.json"

    async def run():
        async with window() as parts:
            assert [page.view.composer.text() for page in parts.window.pages] == ['{"old": 1}', '{"old": 2}']
            assert parts.window.composer.headers.texts()["traceId"] == "t"
            await wait_until(lambda: on_disk(home) == {'{"old": 1}', '{"old": 2}'})

    for _ in range(2):  # as after a crash before the layout was written again
        layout.parent.mkdir(parents=True, exist_ok=True)
        sessions = [{"panels": {"composerPanel": state}} for state in (old, other)]
        layout.write_text(json.dumps({"version": 2, "sessions": sessions}))
        aio(run())
    assert len(kept(home)) == 2


def test_deleting_a_profile_leaves_its_drafts_to_the_next_one(aio, home, wait_until):
    async def run():
        async with window() as parts:
            await parts.current.new("stays")
            await parts.current.new("goes")
            parts.window.composer.set_text("precious")
            await wait_until(lambda: "precious" in on_disk(home))
            await parts.current.delete()
            await wait_until(lambda: "precious" in texts(parts.window.composer))

    aio(run())


def test_sessions_of_one_window_show_the_same_drafts(aio, home, wait_until):
    async def run():
        async with window() as parts:
            first = parts.window.composer
            first.set_text("one")
            first.drafts.keep()
            parts.window.ask_new_session()
            await wait_until(lambda: len(parts.window.pages) == 2)
            second = parts.window.composer
            assert second.text() == "one"
            second.set_text("two")
            second.drafts.keep()
            assert first.text() == "two"
            first.editor.undo()
            assert first.text() == "one"
            second.drafts.new()
            second.set_text("three")
            second.drafts.keep()
            assert texts(first)[1] == "three"
            second.drafts.close_draft()
            assert "three" not in texts(first)

    aio(run())


def test_what_another_process_changed_is_taken_over_and_never_undone(aio, home, wait_until):
    async def run():
        async with window() as parts:
            await parts.current.new("mine")
            composer = parts.window.composer
            composer.set_text("first")
            composer.drafts.keep()
            await parts.sessions.drafts.save_all()
            elsewhere = DraftStore(home / "data" / "drafts")
            profile = parts.current.profile.id
            (draft,) = elsewhere.load(profile)[0]
            import msgspec

            elsewhere.save(profile, msgspec.structs.replace(draft, text="theirs"))
            await parts.sessions.drafts.refresh()
            assert composer.text() == "theirs"
            (draft,) = elsewhere.load(profile)[0]
            elsewhere.save(profile, msgspec.structs.replace(draft, text="theirs again"))
            composer.set_text("mine")
            await wait_until(lambda: on_disk(home) == {"theirs again", "mine"})
            await wait_until(lambda: sorted(texts(composer)) == ["mine", "theirs again"])
            assert composer.text() == "mine"
            assert "also changed elsewhere" in composer.drafts.front().title

    aio(run())


def test_a_disk_that_takes_nothing_is_told_once_and_the_draft_stays(aio, home, wait_until):
    async def run():
        async with window() as parts:
            folder = home / "data" / "drafts"
            folder.rmdir()
            folder.write_text("in the way")
            told = []
            parts.bridge.warned.connect(lambda kind, sentence: told.append((kind, sentence)))
            composer = parts.window.composer
            composer.set_text("one")
            composer.drafts.keep()
            await wait_until(lambda: told)
            assert told[0][0] == "error"
            assert "cannot be saved" in told[0][1]
            assert composer.text() == "one"
            folder.unlink()
            composer.set_text("two")
            await wait_until(lambda: on_disk(home) == {"two"})

    aio(run())


TYPING = """
import asyncio, os, sys, time
import qasync
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from optave_inspector.app import build_window, name_app

async def main():
    parts = await build_window()
    parts.window.show()
    editor = parts.window.composer.editor
    editor.selectAll()
    number = 0
    while True:
        QTest.keyClicks(editor, f"{number} ")
        print(number, time.monotonic(), flush=True)
        number += 1
        await asyncio.sleep(0.01)

app = QApplication([])
name_app(app)
qasync.run(main())
"""


@pytest.mark.timeout(60)
def test_killing_the_process_while_somebody_types_loses_at_most_a_second(home):
    process = subprocess.Popen(
        [sys.executable, "-c", TYPING],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    )
    assert process.stdout is not None
    typed: list[tuple[int, float]] = []
    try:
        for line in process.stdout:
            number, at = line.split()
            typed.append((int(number), float(at)))
            if typed[-1][1] - typed[0][1] > 3:
                break
        process.send_signal(signal.SIGKILL)
        typed += [(int(number), float(at)) for number, at in map(str.split, process.stdout)]
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
    (text,) = on_disk(home)
    last = int(text.split()[-1])
    assert text.split() == [str(number) for number in range(last + 1)]
    killed = typed[-1][1]
    lost = [number for number, at in typed if number > last and killed - at > SECOND]
    assert not lost


def test_a_text_that_an_editor_cannot_keep_is_told_when_it_becomes_a_draft(composer):
    from optave_inspector.compose.evidence import read_evidence

    composer.open_evidence(read_evidence("no JSON\r\n"), "entry 7")
    assert composer.whole()
    assert composer.text() == "no JSON\n"
    assert "line ends are line feeds" in hint(composer)
