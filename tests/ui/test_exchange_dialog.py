"""Request and answer side by side: opened from the table, stepped through, followed while the stream goes on."""

from __future__ import annotations

import gc
import json

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLabel, QToolButton

from optave_inspector.ui.dialogs.exchange_dialog import ExchangeDialog

from .exchanges_desk import desk


def opened(table) -> ExchangeDialog:
    found = table.panel.window().findChildren(ExchangeDialog)
    assert len(found) == 1
    return found[0]


async def streamed(table) -> str:
    """A request with two updates so far."""
    table.opens(0)
    request = table.request(1, text="the question")
    table.answer(1.5, request, "started", "one")
    table.answer(2.5, request, "started", "one two")
    await table.told()
    return request


def title(dialog, side: str) -> str:
    return getattr(dialog, side).title.full_text()


def test_a_double_click_opens_request_and_newest_answer(aio) -> None:
    async def run() -> None:
        async with desk(now_s=5) as table:
            await streamed(table)
            view = table.panel.view
            place = view.visualRect(table.panel.model.index(0, 0)).center()
            QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
            QTest.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
            dialog = opened(table)
            assert dialog.isVisible()
            assert dialog.windowTitle() == "adjust …0001 · ≡ streaming"
            assert title(dialog, "request") == "↑ Request · entry 1"
            assert title(dialog, "answer") == "↓ Answer 2 of 2 · entry 3 · after 1.50 s (+1.00 s)"
            assert '"the question"' in dialog.request.raw.edit.toPlainText()
            assert '"one two"' in dialog.answer.raw.edit.toPlainText()
            told = dialog.findChild(QLabel, "exchangeTimes").text()
            assert "Measured: first answer after 500 ms, longest silence 1.00 s, 2 answers" in told

    aio(run())


def test_the_answer_is_stepped_through_and_the_log_goes_along(aio) -> None:
    async def run() -> None:
        async with desk(now_s=5) as table:
            await streamed(table)
            dialog = table.panel.open_exchange(1)
            back, on = (dialog.findChild(QToolButton, f"exchangeAnswer{way}Button") for way in ("Back", "On"))
            assert (back.isEnabled(), on.isEnabled()) == (True, False)
            QTest.mouseClick(back, Qt.MouseButton.LeftButton)
            assert title(dialog, "answer") == "↓ Answer 1 of 2 · entry 2 · after 500 ms"
            assert table.bridge.selected_entry == 2
            assert (back.isEnabled(), on.isEnabled()) == (False, True)
            dialog.step(1)
            assert table.bridge.selected_entry == 3

    aio(run())


def test_whoever_looks_at_the_newest_answer_goes_on_with_the_next(aio) -> None:
    async def run() -> None:
        async with desk(now_s=5) as table:
            request = await streamed(table)
            dialog, other = table.panel.open_exchange(1), table.panel.open_exchange(1)
            other.step(-1)
            table.answer(4, request, "completed", "one two three")
            await table.told()
            assert title(dialog, "answer").startswith("↓ Answer 3 of 3")
            assert dialog.windowTitle().endswith("✓ completed")
            assert title(other, "answer").startswith("↓ Answer 1 of 3")
            table.answer(4.5, request, "completed", "again")
            await table.told()
            assert title(dialog, "answer") == "↓ Again after the end · entry 5"

    aio(run())


def test_without_an_answer_it_says_so_and_the_first_one_appears(aio) -> None:
    async def run() -> None:
        async with desk(now_s=5) as table:
            table.opens(0)
            request = table.request(1)
            await table.told()
            dialog = table.panel.open_exchange(1)
            assert dialog.findChild(QLabel, "exchangeAnswerInsteadSentence").text() == "No answer yet."
            assert not dialog.answer.copy_button.isEnabled()
            table.answer(2, request)
            await table.told()
            assert title(dialog, "answer") == "↓ Answer · entry 2 · after 1.00 s"
            assert dialog.answer.copy_button.isEnabled()

    aio(run())


def test_copy_takes_the_message_as_it_came(aio) -> None:
    async def run() -> None:
        async with desk(now_s=5) as table:
            await streamed(table)
            dialog = table.panel.open_exchange(1)
            QTest.mouseClick(dialog.answer.copy_button, Qt.MouseButton.LeftButton)
            assert QGuiApplication.clipboard().text().encode() == table.session.store.payload(3)
            QTest.mouseClick(dialog.request.copy_button, Qt.MouseButton.LeftButton)
            assert json.loads(QGuiApplication.clipboard().text())["payload"]["request"]["text"] == "the question"

    aio(run())


def test_the_payload_of_either_side_is_saved_whole(aio, wait_until, tmp_path) -> None:
    async def run() -> bytes:
        async with desk(now_s=5) as table:
            await streamed(table)
            dialog = table.panel.open_exchange(1)
            gc.collect()
            dialog.answer.raw.saveAsked.emit()
            asked = dialog.findChild(QFileDialog, "entrySaveDialog")
            asked.fileSelected.emit(str(tmp_path / "answer.json"))
            asked.reject()
            await wait_until(lambda: (tmp_path / "answer.json").exists() and (tmp_path / "answer.json").stat().st_size)
            return table.session.store.payload(3)

    assert aio(run()) == (tmp_path / "answer.json").read_bytes()


def test_what_the_tenants_clock_says_stands_apart_from_what_was_measured(aio, wait_until) -> None:
    async def run() -> None:
        async with desk(now_s=5) as table:
            table.opens(0)
            request = table.request(1, timestamp=table.iso(1))
            table.answer(1.5, request, issuedAt=table.iso(21.25))
            await table.told()
            dialog = table.panel.open_exchange(1)
            line = dialog.findChild(QLabel, "exchangeClock")
            await wait_until(line.isVisible)
            assert line.text().startswith("Estimated, not measured: The tenant's clock is about ")
            assert 19_700 <= int(line.text().split("about ")[1].split(" ms")[0].replace(",", "")) <= 20_300
            assert "ahead of this one" in line.text()
            assert "estimated" not in dialog.findChild(QLabel, "exchangeTimes").text().lower()

    aio(run())
