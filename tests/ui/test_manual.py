"""The manual: true to the code's tables, whole, and at hand inside the app."""

from __future__ import annotations

import contextlib
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QAction, QImage, QTextCursor
from PySide6.QtTest import QTest

from optave_inspector.app import WindowParts, build_window, take_apart
from optave_inspector.capture.store import CaptureStore
from optave_inspector.manual import made_pages, manual_folder
from optave_inspector.ui.dialogs.manual_window import ManualWindow
from optave_inspector.ui.manual_shortcuts import shortcuts_page

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

FOLDER = Path(__file__).parents[2] / "docs" / "manual"
HOW = "Run: make docs"
PAGES = sorted(path.name for path in FOLDER.glob("*.md"))
_LINK = re.compile(r"\]\(([^)\s]+)\)")


@contextlib.asynccontextmanager
async def window() -> AsyncIterator[WindowParts]:
    parts = await build_window()
    parts.window.resize(1280, 800)
    parts.window.show()
    try:
        yield parts
    finally:
        await take_apart(parts)


def opened(parts: WindowParts) -> ManualWindow:
    next(each for each in parts.window.findChildren(QAction) if each.objectName() == "manualAction").trigger()
    return parts.window.findChild(ManualWindow)


@pytest.mark.parametrize(("name", "text"), made_pages().items(), ids=list(made_pages()))
def test_a_page_that_is_made_of_a_table_is_up_to_date(name: str, text: str) -> None:
    assert (FOLDER / name).read_text(encoding="utf-8") == text, HOW


def test_the_page_of_shortcuts_is_up_to_date(aio) -> None:
    async def run() -> str:
        async with window() as parts:
            return shortcuts_page(parts.window)

    assert aio(run()) == (FOLDER / "shortcuts.md").read_text(encoding="utf-8"), HOW


@pytest.mark.parametrize("name", PAGES)
def test_every_link_and_picture_of_a_page_is_there(name: str) -> None:
    text = (FOLDER / name).read_text(encoding="utf-8")
    targets = [target for target in _LINK.findall(text) if "://" not in target]
    assert [target for target in targets if not (FOLDER / target).is_file()] == []
    for target in targets:
        if target.endswith(".png"):
            path = FOLDER / target
            assert not QImage(str(path)).isNull()
            assert path.stat().st_size < 150_000, f"{path.name} is too large for a manual"


def test_every_page_can_be_reached_from_the_first(home: Path) -> None:
    reached, todo = set[str](), ["index.md"]
    while todo:
        name = todo.pop()
        if name not in reached:
            reached.add(name)
            todo += [each for each in _LINK.findall((FOLDER / name).read_text(encoding="utf-8")) if each in PAGES]
    assert sorted(reached) == PAGES
    assert manual_folder() == FOLDER


def test_f1_opens_the_page_of_the_panel_that_has_the_keyboard(aio) -> None:
    async def run() -> None:
        async with window() as parts:
            view, pages = parts.window.view, {}
            for panel in view.area.panels:
                view.area.go_to(panel)
                pages[panel.objectName()] = opened(parts).page
            assert len(set(pages.values())) == len(view.area.panels)
            assert "index" not in pages.values()
            assert pages["exchangesPanel"] == "traces"
            view.top_bar.setFocus()
            assert opened(parts).page == "window"

    aio(run())


def test_links_lead_on_and_back_leads_back(aio) -> None:
    async def run() -> None:
        async with window() as parts:
            manual = opened(parts)
            manual.show_page("index")
            manual.browser.anchorClicked.emit(QUrl("close-codes.md"))
            assert manual.page == "close-codes"
            assert manual.list.currentItem().text() == "Close codes"
            assert "Going away" in manual.browser.toPlainText()
            manual.back_button.click()
            assert manual.page == "index"
            assert manual.list.currentItem().text() == "Manual"
            manual.forward_button.click()
            assert manual.page == "close-codes"
            manual.browser.anchorClicked.emit(QUrl("../../README.md"))
            assert manual.page == "close-codes"

    aio(run())


def test_pictures_are_shown_and_fit(aio) -> None:
    async def run() -> None:
        async with window() as parts:
            manual = opened(parts)
            manual.show_page("first-five-minutes")
            picture = manual.browser.loadResource(2, QUrl("pictures/window.png"))
            assert not picture.isNull()
            assert picture.width() <= manual.browser.viewport().width()

    aio(run())


def test_a_search_narrows_the_pages_and_goes_to_the_place(aio) -> None:
    async def run() -> None:
        async with window() as parts:
            manual = opened(parts)
            manual.search.setText("surrogate nothing has all of these")
            assert all(manual.list.item(row).isHidden() for row in range(manual.list.count()))
            manual.search.setText("libxcb-cursor0")
            assert manual.page == "troubleshooting"
            assert manual.browser.textCursor().selectedText().lower() == "libxcb-cursor0"
            manual.search.setText("token")
            manual.browser.moveCursor(QTextCursor.MoveOperation.Start)
            QTest.keyClick(manual.search, Qt.Key.Key_Return)
            first = manual.browser.textCursor().position()
            QTest.keyClick(manual.search, Qt.Key.Key_Return)
            assert manual.browser.textCursor().position() != first
            manual.search.clear()
            assert not any(manual.list.item(row).isHidden() for row in range(manual.list.count()))

    aio(run())


def test_f1_opens_it_beside_a_stored_capture_too(aio, tmp_path: Path) -> None:
    path = tmp_path / "stored.optave-capture"
    CaptureStore.create(path).close()

    async def run() -> None:
        async with window() as parts:
            shown = await parts.window.captures.windows.open(path)
            shown.area.go_to(shown.endings)
            next(each for each in shown.findChildren(QAction) if each.objectName() == "captureManualAction").trigger()
            assert shown.findChild(ManualWindow).page == "endings"

    aio(run())
