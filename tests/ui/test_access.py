"""Access: the tree that screen readers walk, the way of the keyboard through it, and a focus that can be seen.

Walks the window with all its panels and one of each dialog, in light and in dark.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QScrollBar,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from optave_inspector.app import WindowParts, build_window, take_apart
from optave_inspector.ui.automation import dialogs

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

# The offscreen platform says so of every dialog.
pytestmark = pytest.mark.qt_log_ignore("plugin does not support (raise|grabbing|propagateSizeHints)")

BOTH = pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
Role = QAccessible.Role
NEED_A_NAME = {
    Role.PushButton, Role.CheckBox, Role.RadioButton, Role.EditableText, Role.ComboBox, Role.SpinBox, Role.Slider,
    Role.Table, Role.Tree, Role.List, Role.PageTab, Role.PageTabList, Role.MenuItem, Role.Dialog, Role.ButtonMenu,
    Role.ProgressBar,
}  # fmt: skip
_PLAIN = Qt.KeyboardModifier.NoModifier
_PARTS = (QComboBox, QAbstractSpinBox, QLineEdit)
WITHOUT_TAB = {
    # Ctrl+W closes a session, and Ctrl+F4 a draft: a button in each tab would stand in the way of the keyboard.
    "closeSessionButton", "composerCloseDraftButton",
}  # fmt: skip


@contextlib.asynccontextmanager
async def window(*, dark: bool) -> AsyncIterator[WindowParts]:
    parts = await build_window()
    parts.window.use_theme(dark=dark)
    parts.window.resize(1280, 800)
    parts.window.show()
    try:
        yield parts
    finally:
        parts.window.use_theme(dark=False)
        await take_apart(parts)


def nodes(root: QWidget) -> Iterator[QAccessibleInterface]:
    """All of the tree below ``root``, but not the rows of tables: those are data."""
    todo = [QAccessible.queryAccessibleInterface(root)]
    while todo:
        node = todo.pop()
        if node is None or not node.isValid():
            continue
        yield node
        if node.role() not in (Role.Table, Role.Tree, Role.List, Role.ComboBox, Role.SpinBox):
            todo += [node.child(at) for at in range(node.childCount())]


def unnamed(root: QWidget) -> list[str]:
    found = []
    for node in nodes(root):
        if node.role() not in NEED_A_NAME or node.text(QAccessible.Text.Name).strip():
            continue
        held = node.object()
        if isinstance(held, QWidget) and not _counts(held):
            continue
        found.append(f"{node.role().name} {held.objectName() if held is not None else '?'}")
    return found


def _counts(widget: QWidget) -> bool:
    """Whether it is a control by itself, and on show when its page is."""
    if isinstance(widget, QAbstractButton) and not widget.text() and widget.isHidden():
        return False
    if widget.objectName().startswith("qt_") or isinstance(widget, (QScrollBar, QTabBar, QDialogButtonBox)):
        return False
    parent = widget.parentWidget()
    return not any(isinstance(each, _PARTS) for each in _above(parent))


def _above(widget: QWidget | None) -> Iterator[QWidget]:
    while widget is not None:
        yield widget
        widget = widget.parentWidget()


def pressable(root: QWidget) -> list[QWidget]:
    """Every control on show that does something when it is pressed or typed into."""
    return [
        each
        for each in root.findChildren(QWidget)
        if isinstance(each, (QAbstractButton, QLineEdit, QComboBox, QAbstractSpinBox, QAbstractSlider))
        and each.isVisibleTo(root) and each.isEnabled() and _counts(each) and each.window() is root.window()
        and each.objectName() not in WITHOUT_TAB
    ]  # fmt: skip


def by_tab(root: QWidget) -> list[QWidget]:
    """The controls that Tab goes through, in order, once round."""
    chain, at = [], root.nextInFocusChain()
    while at is not root and at is not None and len(chain) < 5000:
        chain.append(at)
        at = at.nextInFocusChain()
    return [each for each in chain if each.focusPolicy() & Qt.FocusPolicy.TabFocus and each.isVisibleTo(root)]


def out_of_reach(root: QWidget) -> list[str]:
    reached = set(by_tab(root))
    missing = []
    for each in pressable(root):
        proxy = each.focusProxy()
        group = each.group() if isinstance(each, QAbstractButton) else None
        # Of the buttons of a group the arrows reach the others.
        together = group.buttons() if group is not None and group.exclusive() else [each]
        if not any(one in reached for one in (*together, proxy)):
            missing.append(each.objectName() or type(each).__name__)
    return missing


def unseen_focus(root: QWidget) -> list[str]:
    """Controls that look the same with and without the keyboard."""
    assert QApplication.activeWindow() is root
    found = []
    for each in by_tab(root):
        if not each.isEnabled() or each.visibleRegion().isEmpty() or each.width() < 4:
            continue
        if not isinstance(each, (QAbstractButton, QLineEdit, QComboBox, QAbstractSpinBox)):
            continue
        if isinstance(each, QLineEdit):
            each.setCursorPosition(0)
        each.clearFocus()
        frame = each.parentWidget() or each
        before = frame.grab(each.geometry()).toImage()
        each.setFocus(Qt.FocusReason.TabFocusReason)
        if QApplication.focusWidget() is not each:
            continue
        if frame.grab(each.geometry()).toImage() == before:
            found.append(each.objectName() or type(each).__name__)
    return found


def keeps_tab(widget: QWidget) -> bool:
    return isinstance(widget, QPlainTextEdit) and not widget.tabChangesFocus()


@BOTH
def test_the_window_and_all_panels(aio, dark: bool, wait_until) -> None:
    async def run() -> None:
        async with window(dark=dark) as parts:
            parts.window.activateWindow()
            await wait_until(lambda: QApplication.activeWindow() is parts.window)
            view = parts.window.view
            assert unnamed(parts.window) == []
            for panel in view.area.panels:
                view.area.go_to(panel)
                await parts.painted()
                assert out_of_reach(parts.window) == [], panel.objectName()
                assert unseen_focus(parts.window) == [], panel.objectName()

    aio(run(), 50)


@BOTH
def test_every_dialog(aio, dark: bool, wait_until) -> None:
    async def run() -> None:
        async with window(dark=dark) as parts:
            problems: list[str] = []
            for dialog in dialogs(parts.window):
                dialog.setModal(False)
                dialog.show()
                dialog.activateWindow()
                await wait_until(lambda dialog=dialog: QApplication.activeWindow() is dialog)
                for what, found in (
                    ("has no name", unnamed(dialog)),
                    ("is out of the keyboard's reach", out_of_reach(dialog)),
                    ("shows no focus", unseen_focus(dialog)),
                ):
                    problems += [f"{dialog.objectName()}: {each} {what}" for each in found]
                dialog.hide()
                dialog.deleteLater()
            assert problems == []

    aio(run(), 50)


def test_tab_goes_round_through_every_panel_on_show(aio, wait_until) -> None:
    async def run() -> None:
        async with window(dark=False) as parts:
            parts.window.activateWindow()
            parts.window.view.top_bar.setFocus()
            await wait_until(QApplication.focusWidget)
            first, seen = QApplication.focusWidget(), list[QWidget]()
            while (focus := QApplication.focusWidget()) not in seen and len(seen) < 300:
                seen.append(focus)
                # In an editor Tab indents, and Ctrl+Tab leaves.
                held = Qt.KeyboardModifier.ControlModifier if keeps_tab(focus) else _PLAIN
                QTest.keyClick(focus, Qt.Key.Key_Tab, held)
            assert QApplication.focusWidget() is first
            view = parts.window.view
            for panel in (view.connection, view.frames, view.composer):
                assert any(panel.isAncestorOf(each) for each in seen), panel.objectName()

    aio(run(), 30)


def test_the_walk_finds_what_it_looks_for(qtbot) -> None:
    dialog = QDialog()
    dialog.setAccessibleName("A dialog")
    qtbot.addWidget(dialog)
    layout = QVBoxLayout(dialog)
    nameless, unreachable, plain = QLineEdit(), QPushButton("Out of reach"), QPushButton("Plain")
    unreachable.setObjectName("unreachable")
    unreachable.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    plain.setObjectName("plain")
    plain.setStyleSheet("QPushButton, QPushButton:focus { border: 1px solid gray; outline: none; background: gray; }")
    for widget in (nameless, unreachable, plain):
        layout.addWidget(widget)
    with qtbot.waitActive(dialog):
        dialog.show()
        dialog.activateWindow()
    assert unnamed(dialog) == ["EditableText "]
    assert out_of_reach(dialog) == ["unreachable"]
    assert unseen_focus(dialog) == ["plain"]
