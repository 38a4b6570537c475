"""Named requests in the window: saved from the composer, found, opened, kept in order, offered as templates."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QFileDialog,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QTreeWidget,
)

from optave_inspector.app import WindowParts, build_window, take_apart
from optave_inspector.compose.collection import put
from optave_inspector.compose.collection_store import CollectionStore
from optave_inspector.ui.automation import faults
from tests.ui.composer_desk import combo, hint

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from optave_inspector.compose.collection import Collection

pytestmark = [pytest.mark.timeout(120), pytest.mark.qt_log_ignore("does not support")]


@contextlib.asynccontextmanager
async def window() -> AsyncIterator[WindowParts]:
    parts = await build_window()
    parts.window.resize(1280, 800)
    parts.window.show()
    try:
        yield parts
    finally:
        await take_apart(parts)


def collections(parts: WindowParts) -> list[Collection]:
    return parts.sessions.library.collections


def dialog(parts: WindowParts, name: str) -> QDialog:
    return next(each for each in parts.window.findChildren(QDialog, name) if each.isVisible())


def lines(parts: WindowParts) -> list[str]:
    tree = parts.window.view.requests.dialog.findChild(QTreeWidget, "requestsTree")
    found = tree.findItems("", Qt.MatchFlag.MatchContains | Qt.MatchFlag.MatchRecursive)
    return [item.text(0) for item in found]


def choose(parts: WindowParts, text: str) -> QTreeWidget:
    tree = parts.window.view.requests.dialog.findChild(QTreeWidget, "requestsTree")
    (item,) = tree.findItems(text, Qt.MatchFlag.MatchExactly | Qt.MatchFlag.MatchRecursive)
    tree.setCurrentItem(item)
    tree.setFocus()
    return tree


def press(parts: WindowParts, name: str) -> None:
    button = parts.window.view.requests.dialog.findChild(QPushButton, f"requests{name}Button")
    assert button.isEnabled(), name
    button.click()


def said(parts: WindowParts) -> str:
    return parts.window.view.requests.dialog.findChild(QLabel, "requestsNote").text()


async def save(parts: WindowParts, wait_until, name: str, folder: str = "", *, template: bool = False) -> None:
    """Save the draft in front under a name, by its dialog."""
    count = sum(len(one.requests) for one in collections(parts))
    parts.window.composer.findChild(QAction, "composerSaveAsAction").trigger()
    asking = dialog(parts, "saveRequestDialog")
    asking.findChild(QLineEdit, "saveRequestDialogNameEdit").setText(name)
    asking.findChild(QComboBox, "saveRequestDialogFolderCombo").setCurrentText(folder)
    asking.findChild(QPlainTextEdit, "saveRequestDialogDescriptionEdit").setPlainText(f"About {name}")
    asking.findChild(QCheckBox, "saveRequestDialogTemplateCheck").setChecked(template)
    asking.accept()
    await wait_until(lambda: sum(len(one.requests) for one in collections(parts)) == count + 1)
    await wait_until(lambda: "Saved as the request" in hint(parts.window.composer))


def test_a_draft_is_saved_changed_and_saved_again_into_the_same_request(aio, home: Path, wait_until) -> None:
    async def run() -> None:
        async with window() as parts:
            composer = parts.window.composer
            composer.set_text('{"session": 1}')
            await save(parts, wait_until, "Refund", "money / back")
            (collection,) = collections(parts)
            assert collection.name == "My requests"
            assert (collection.requests[0].path, collection.requests[0].text) == ("money/back/Refund", '{"session": 1}')
            assert composer.drafts.front().title == "Refund"
            composer.set_text('{"session": 2}')
            parts.window.activateWindow()
            await wait_until(parts.window.isActiveWindow)
            composer.editor.setFocus()
            QTest.keySequence(composer.editor, "Ctrl+S")
            await wait_until(lambda: collections(parts)[0].requests[0].text == '{"session": 2}')
            assert len(collections(parts)[0].requests) == 1

            # Somebody else changes it; ours is told and stays a draft.
            elsewhere = CollectionStore(home / "data" / "requests")
            import msgspec

            request = collections(parts)[0].requests[0]
            theirs = msgspec.structs.replace(request, text="theirs")
            elsewhere.change(collection.id, lambda one: put(one, theirs, request.stamp))
            composer.set_text("mine")
            composer.findChild(QAction, "composerSaveAction").trigger()
            await wait_until(lambda: "was changed elsewhere" in hint(composer))
            assert collections(parts)[0].requests[0].text == "theirs"
            assert composer.text() == "mine"

    aio(run(), 60)


def test_own_templates_stand_beside_the_shipped_ones(aio, wait_until) -> None:
    async def run() -> None:
        async with window() as parts:
            composer = parts.window.composer
            composer.set_text('{"mine": 1}')
            await save(parts, wait_until, "Refund", template=True)
            box = combo(composer, "Template")
            names = [box.itemText(row) for row in range(box.count())]
            assert names[-1] == "★ Refund"
            assert names[:2] == ["minimal", "typical"]
            composer.drafts.new()
            composer.use_template("★ Refund")
            assert composer.text() == '{"mine": 1}'
            composer.set_action("adjust")
            assert box.findText("★ Refund") < 0
            assert composer.action() == "adjust"

    aio(run(), 60)


def test_requests_are_searched_opened_edited_moved_and_deleted_by_keys(aio, wait_until) -> None:
    async def run() -> None:
        async with window() as parts:
            composer = parts.window.composer
            for name, folder in (("Refund", "money"), ("Hello", ""), ("Hold", "money")):
                composer.set_text(f'{{"{name}": 1}}')
                await save(parts, wait_until, name, folder)
            parts.window.view.requests.browse()
            shown = parts.window.view.requests.dialog
            assert lines(parts) == ["My requests", "money/", "Hold", "Refund", "Hello"]
            assert not faults([shown])
            shown.findChild(QLineEdit, "requestsSearchEdit").setText("refund money")
            assert lines(parts) == ["My requests", "money/", "Refund"]
            assert "1 of 3 requests" in said(parts)
            tree = choose(parts, "Refund")
            assert "About Refund" in shown.findChild(QLabel, "requestsAbout").text()
            count = len(composer.drafts.open())
            QTest.keyClick(tree, Qt.Key.Key_Return)
            assert len(composer.drafts.open()) == count + 1
            assert composer.text() == '{"Refund": 1}'
            QTest.keyClick(tree, Qt.Key.Key_Return)
            assert len(composer.drafts.open()) == count + 1
            shown.findChild(QLineEdit, "requestsSearchEdit").clear()

            shown.activateWindow()
            await wait_until(shown.isActiveWindow)
            choose(parts, "Hello").setFocus()
            QTest.keySequence(tree, "F2")
            asking = dialog(parts, "editRequestDialog")
            asking.findChild(QLineEdit, "editRequestDialogNameEdit").setText("Good morning")
            asking.findChild(QComboBox, "editRequestDialogFolderCombo").setCurrentText("talk")
            asking.accept()
            await wait_until(lambda: "Good morning" in lines(parts))
            assert lines(parts) == ["My requests", "money/", "Hold", "Refund", "talk/", "Good morning"]

            choose(parts, "talk/")
            press(parts, "Edit")
            asking = dialog(parts, "editFolderDialog")
            asking.findChild(QLineEdit).setText("money/talk")
            asking.accept()
            await wait_until(
                lambda: lines(parts) == ["My requests", "money/", "talk/", "Good morning", "Hold", "Refund"]
            )

            shown.activateWindow()
            await wait_until(shown.isActiveWindow)
            choose(parts, "Hold").setFocus()
            QTest.keySequence(tree, "Delete")
            dialog(parts, "deleteRequestsDialog").accept()
            await wait_until(lambda: "Hold" not in lines(parts))
            choose(parts, "money/")
            press(parts, "Delete")
            asking = dialog(parts, "deleteRequestsDialog")
            assert "with its 2 requests" in asking.findChild(QLabel, "deleteRequestsDialogWords").text()
            asking.accept()
            await wait_until(lambda: lines(parts) == ["My requests"])
            press(parts, "Delete")
            dialog(parts, "deleteRequestsDialog").accept()
            await wait_until(lambda: not lines(parts))
            assert "No requests yet" in said(parts)

    aio(run(), 90)


def test_collections_are_made_moved_between_exported_and_imported(aio, wait_until, tmp_path: Path) -> None:
    async def run() -> None:
        async with window() as parts:
            parts.window.composer.set_text("{}")
            await save(parts, wait_until, "Hello")
            parts.window.view.requests.browse()
            press(parts, "NewCollection")
            asking = dialog(parts, "newCollectionDialog")
            assert not asking.accept_button.isEnabled()
            asking.findChild(QLineEdit, "newCollectionDialogNameEdit").setText("Other")
            asking.accept()
            await wait_until(lambda: "Other" in lines(parts))
            choose(parts, "Hello")
            press(parts, "Edit")
            asking = dialog(parts, "editRequestDialog")
            asking.findChild(QComboBox, "editRequestDialogCollectionCombo").setCurrentText("Other")
            asking.accept()
            await wait_until(lambda: lines(parts) == ["My requests", "Other", "Hello"])
            press(parts, "Export")
            chooser = dialog(parts, "exportCollectionDialog")
            assert isinstance(chooser, QFileDialog)
            chooser.reject()
            shown = parts.window.view.requests.dialog
            other = next(one for one in collections(parts) if one.name == "Other")
            shown.export(other.id, tmp_path / "other.json")
            await wait_until(lambda: said(parts).startswith("Exported to") and "secret" not in said(parts))
            shown.take_in(tmp_path / "other.json")
            await wait_until(lambda: lines(parts) == ["My requests", "Other", "Hello", "Other 2", "Hello"])
            assert "Exported to" not in said(parts)
            parts.window.composer.set_text('{"authorization": "Bearer abcdef0123456789abcdef0123456789"}')
            await save(parts, wait_until, "Leaky")
            mine = next(one for one in collections(parts) if one.name == "My requests")
            shown.export(mine.id, tmp_path / "mine.json")
            await wait_until(lambda: "looks like a token or a secret stands in “Leaky”" in said(parts))
            (tmp_path / "other.json").write_text("{")
            shown.take_in(tmp_path / "other.json")
            await wait_until(lambda: "is no collection of requests" in said(parts))

    aio(run(), 60)


def test_another_window_sees_what_was_saved(aio, home: Path, wait_until) -> None:
    async def run() -> None:
        async with window() as parts:
            CollectionStore(home / "data" / "requests").new("From elsewhere")
            await parts.sessions.library.load()
            assert [one.name for one in collections(parts)] == ["From elsewhere"]

    aio(run(), 60)
