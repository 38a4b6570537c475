"""Exporting entries: which, in which form, and what is taken out of them."""

from __future__ import annotations

import contextlib
import csv
import json
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QComboBox, QFileDialog, QLabel, QLineEdit, QPlainTextEdit, QPushButton
from PySide6.QtWidgets import QRadioButton as Radio

from optave_inspector.app import WindowParts, build_window, take_apart
from optave_inspector.capture.exporting import ExportFormat
from optave_inspector.capture.redaction import RedactionRules
from optave_inspector.client.events import Direction, Frame
from optave_inspector.ui.capture_export import shown_numbers
from optave_inspector.ui.dialogs.export_dialog import ExportChoice, ExportDialog, Part

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

SECRET = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhY21lIn0.c2lnbmF0dXJlLW9mLXRoZS10b2tlbg"
MESSAGES = [
    {"action": "message", "headers": {"correlationId": "c-1", "action": "adjust"}, "payload": {"token": SECRET}},
    {"payload": {"mail": "kim@example.org", "text": "Hello Kim"}},
    {"payload": {"text": "nothing to hide"}},
]


@contextlib.asynccontextmanager
async def app_with_messages(opcodes: tuple[int, ...] = ()) -> AsyncIterator[WindowParts]:
    parts = await build_window()
    parts.window.resize(1280, 800)
    parts.window.show()
    try:
        frames = [(Direction.OUT, 1, json.dumps(each).encode()) for each in MESSAGES]
        frames += [(Direction.IN, opcode, b"") for opcode in opcodes]
        for number, (direction, opcode, payload) in enumerate(frames, 1):
            parts.session.on_frame(Frame(direction, opcode, payload, len(payload), number, number))
        await parts.session.settled()
        parts.bridge.flush()
        yield parts
    finally:
        await take_apart(parts)


def find(parts: WindowParts, kind: type, name: str) -> Any:
    found = parts.window.findChild(kind, name)
    assert found is not None, name
    return found


async def looked(parts: WindowParts, wait_until: Any) -> str:
    """What the preview has come to."""
    summary = find(parts, QLabel, "exportSummary")
    await wait_until(lambda: not summary.text().startswith("Looking"))
    return summary.text()


def test_secrets_are_taken_out_by_default_and_told_before_and_after(aio, wait_until, tmp_path: Path) -> None:
    target = tmp_path / "out.jsonl"

    async def run() -> None:
        async with app_with_messages() as parts:
            parts.window.captures.export.action.trigger()
            assert find(parts, QCheckBox, "exportRedactCheck").isChecked()
            assert "1 token in 1 entry" in await looked(parts, wait_until)
            assert (
                "#1  payload $.payload.token: token → ‹token-1›"
                in find(parts, QPlainTextEdit, "exportPreview").toPlainText()
            )
            find(parts, QComboBox, "exportFormatCombo").setCurrentIndex(1)
            find(parts, QPushButton, "exportConfirmButton").click()
            chooser = find(parts, QFileDialog, "exportFileDialog")
            assert chooser.defaultSuffix() == "jsonl"
            chooser.fileSelected.emit(str(target))
            chooser.reject()
            bar = parts.window.view.messages
            await wait_until(lambda: bar.message is not None)
            assert bar.message.text == f"3 entries were exported to {target}; taken out: 1 token."

    aio(run())
    text = target.read_text(encoding="utf-8")
    assert SECRET not in text
    assert "‹token-1›" in text
    assert "kim@example.org" in text
    assert target.stat().st_mode & 0o777 == 0o600


def test_nothing_is_taken_out_only_after_a_warning(aio, wait_until, tmp_path: Path) -> None:
    target = tmp_path / "out.har"

    async def run() -> None:
        async with app_with_messages() as parts:
            parts.window.captures.export.action.trigger()
            find(parts, QCheckBox, "exportRedactCheck").setChecked(False)
            assert (await looked(parts, wait_until)).startswith("⚠ Nothing is taken out")
            assert not find(parts, QLineEdit, "exportNamesEdit").isEnabled()
            parts.window.captures.export.export(find(parts, ExportDialog, "exportDialog").choice, target)
            bar = parts.window.view.messages
            await wait_until(lambda: bar.message is not None)
            assert "nothing was taken out, secrets included" in bar.message.text

    aio(run())
    assert SECRET in target.read_text(encoding="utf-8")
    assert json.loads(target.read_text(encoding="utf-8"))["log"]["version"] == "1.2"


def test_message_contents_go_where_they_are_asked_for(aio, wait_until) -> None:
    async def run() -> None:
        async with app_with_messages() as parts:
            parts.window.captures.export.action.trigger()
            find(parts, QCheckBox, "exportMailCheck").setChecked(True)
            find(parts, QLineEdit, "exportNamesEdit").setText("Kim, ")
            find(parts, QLineEdit, "exportPathsEdit").setText("$.payload.text")
            choice = find(parts, ExportDialog, "exportDialog").choice
            assert choice == ExportChoice(
                ExportFormat.HAR, None, RedactionRules(True, False, ("Kim",), ("$.payload.text",))
            )
            said = await looked(parts, wait_until)
            assert "1 mail address" in said
            assert "in 3 entries" in said

    aio(run())


def test_a_path_that_makes_no_sense_is_told_and_nothing_can_be_exported(aio) -> None:
    async def run() -> None:
        async with app_with_messages() as parts:
            parts.window.captures.export.action.trigger()
            paths = find(parts, QLineEdit, "exportPathsEdit")
            paths.setText("$.[")
            assert find(parts, QLabel, "exportSummary").text().startswith("⚠")
            assert not find(parts, QPushButton, "exportConfirmButton").isEnabled()
            paths.setText("")
            assert find(parts, QPushButton, "exportConfirmButton").isEnabled()

    aio(run())


def test_the_selected_exchange_or_entry_can_be_exported_alone(aio, wait_until, tmp_path: Path) -> None:
    target = tmp_path / "out.csv"

    async def run() -> None:
        async with app_with_messages() as parts:
            parts.bridge.select_entry(1)
            parts_of = parts.window.captures.export.parts()
            assert [(each.words.replace("&", ""), each.numbers) for each in parts_of] == [
                ("All 3 entries", None),
                ("The selected exchange, 1 entry", [1]),
                ("The selected entry, #1", [1]),
            ]
            parts.window.captures.export.action.trigger()
            find(parts, Radio, "exportPart3Radio").setChecked(True)
            find(parts, QComboBox, "exportFormatCombo").setCurrentIndex(2)
            parts.window.captures.export.export(find(parts, ExportDialog, "exportDialog").choice, target)
            bar = parts.window.view.messages
            await wait_until(lambda: bar.message is not None)

    aio(run())
    with target.open(encoding="utf-8", newline="") as file:
        assert [row["number"] for row in csv.DictReader(file)] == ["1"]


def test_what_the_filter_shows_comes_first_with_the_entries_of_folded_runs(aio) -> None:
    async def run() -> None:
        async with app_with_messages((9, 10, 9)) as parts:
            model = parts.window.view.frames.model
            model.show_direction(0)
            assert model.rowCount() == 1
            assert shown_numbers(model) == [4, 5, 6]
            model.set_folding(False)
            assert shown_numbers(model) == [4, 5, 6]
            first = parts.window.captures.export.parts()[0]
            assert first.numbers == [4, 5, 6]
            assert first.words.replace("&", "") == "The 3 entries that the filter shows"

    aio(run())


@pytest.mark.parametrize("name", ["no such folder/out.har", ""])
def test_a_file_that_cannot_be_written_is_told_with_the_reason(aio, wait_until, tmp_path: Path, name: str) -> None:
    async def run() -> None:
        async with app_with_messages() as parts:
            choice = ExportChoice(ExportFormat.HAR, None, RedactionRules())
            parts.window.captures.export.export(choice, tmp_path / name)
            bar = parts.window.view.messages
            await wait_until(lambda: bar.message is not None)
            assert bar.message.text.startswith("Nothing was exported. ")

    aio(run())


def test_nothing_to_take_out_is_said(aio, wait_until) -> None:
    async def run() -> None:
        async with app_with_messages() as parts:
            ExportDialog(parts.session.store, [Part("one", [3])], parts.window).open()
            assert await looked(parts, wait_until) == "Nothing has to be taken out."

    aio(run())


def test_several_selected_rows_are_exported_together_with_the_entries_of_folded_runs(aio) -> None:
    async def run() -> None:
        async with app_with_messages((9, 10, 9)) as parts:
            frames = parts.window.view.frames
            frames.view.setFocus()
            assert frames.model.rowCount() == 4
            QTest.keyClick(frames.view, Qt.Key.Key_Home)
            QTest.keyClick(frames.view, Qt.Key.Key_Down)
            assert frames.view.selected_numbers() == [2]
            for _ in range(2):
                QTest.keyClick(frames.view, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
            assert frames.view.selected_numbers() == [2, 3, 4, 5, 6]
            assert parts.bridge.selected_entry == 4
            first = parts.window.captures.export.parts()[0]
            assert first.numbers == [2, 3, 4, 5, 6]
            assert first.words.replace("&", "") == "The 5 selected entries"
            parts.bridge.select_entry(1)
            assert frames.view.selected_numbers() == [1]

    aio(run())


@pytest.mark.parametrize(
    ("index", "file", "words"),
    [
        (3, "exchanges.csv", "1 exchange was exported to"),
        (4, "statistics.csv", "The statistics of 1 exchange were exported to"),
    ],
)
def test_exchanges_are_exported_as_tables(aio, wait_until, tmp_path: Path, index: int, file: str, words: str) -> None:
    target = tmp_path / file

    async def run() -> None:
        async with app_with_messages() as parts:
            parts.window.captures.export.action.trigger()
            find(parts, QComboBox, "exportFormatCombo").setCurrentIndex(index)
            assert "Messages are not written." in await looked(parts, wait_until)
            find(parts, QPushButton, "exportConfirmButton").click()
            chooser = find(parts, QFileDialog, "exportFileDialog")
            assert chooser.defaultSuffix() == "csv"
            assert chooser.selectedFiles()[0].endswith(f"-{file}")
            chooser.fileSelected.emit(str(target))
            bar = parts.window.view.messages
            await wait_until(lambda: bar.message is not None)
            assert words in bar.message.text

    aio(run())
    with target.open(newline="", encoding="utf-8") as written:
        rows = list(csv.DictReader(written))
    assert [row["action"] for row in rows] == ["adjust"] if index == 3 else ["adjust", "(all)"]
