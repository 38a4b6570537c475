"""Every control can be found and named from outside, and the page that lists them is true."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QLineEdit, QPushButton, QSpinBox, QTabWidget, QVBoxLayout, QWidget

from optave_inspector.app import WindowParts, build_window, take_apart
from optave_inspector.ui.automation import controls, dialogs, faults, page

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

PAGE = Path(__file__).parents[2] / "docs" / "automation.md"
HOW = "Run: .venv/bin/python -m optave_inspector.ui.automation > docs/automation.md"


@contextlib.asynccontextmanager
async def window() -> AsyncIterator[WindowParts]:
    parts = await build_window()
    try:
        yield parts
    finally:
        await take_apart(parts)


def test_every_control_of_the_window_and_its_dialogs_has_a_name_of_its_own_and_words(aio) -> None:
    async def run() -> None:
        async with window() as parts:
            opened = dialogs(parts.window)
            for dialog in opened:
                dialog.setParent(None)
            assert faults([parts.window.centralWidget()]) == []
            for dialog in opened:
                assert faults([dialog]) == []
                dialog.deleteLater()

    aio(run())


def test_the_page_is_up_to_date(aio) -> None:
    async def run() -> str:
        async with window() as parts:
            return page(parts.window)

    assert aio(run()) == PAGE.read_text(encoding="utf-8"), HOW


def test_the_page_is_made_by_one_command(home: Path) -> None:
    made = subprocess.run(
        [sys.executable, "-m", "optave_inspector.ui.automation"],
        capture_output=True,
        check=True,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        encoding="utf-8",
    )
    assert made.stdout == PAGE.read_text(encoding="utf-8"), HOW
    assert not home.exists()


def test_controls_without_a_name_are_found(qtbot) -> None:
    holder = QWidget()
    qtbot.addWidget(holder)
    layout = QVBoxLayout(holder)
    nameless, twin, other_twin = QLineEdit(), QPushButton("A"), QPushButton("&B")
    for button in (twin, other_twin):
        button.setObjectName("twinButton")
    for widget in (nameless, twin, other_twin):
        layout.addWidget(widget)
    assert len(faults([holder])) == 3
    assert "2 controls are called twinButton." in faults([holder])


def test_the_inner_parts_of_a_control_are_not_controls(qtbot) -> None:
    holder = QWidget()
    qtbot.addWidget(holder)
    layout = QVBoxLayout(holder)
    spin, tabs = QSpinBox(), QTabWidget()
    spin.setObjectName("spin")
    tabs.setObjectName("tabs")
    layout.addWidget(spin)
    layout.addWidget(tabs)
    tabs.addTab(QWidget(), "one")
    assert [each.object_name for each in controls(holder)] == ["spin", "tabs"]
