"""All settings of this user in one dialog: pages at the left, a search that finds the row and lights it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from ..widgets.look import set_look
from .settings_shortcuts import ShortcutsPage

if TYPE_CHECKING:
    from collections.abc import Sequence

_LIST_WIDTH = 170


@dataclass(frozen=True, slots=True)
class SettingsPage:
    """One page: what it is about, and its controls."""

    name: str
    """For programs, such as ``captures``."""
    title: str
    about: str
    body: QWidget


class SettingsDialog(QDialog):
    """Call ``open()``; it deletes itself when it is closed. Each page keeps what is changed by its own buttons."""

    def __init__(self, pages: Sequence[SettingsPage], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("settingsDialog")
        self.setWindowTitle("Settings")
        self.setAccessibleName("Settings")
        self._pages = list(pages)
        self.search = QLineEdit()
        self.search.setObjectName("settingsSearchEdit")
        self.search.setAccessibleName("Find a setting")
        self.search.setPlaceholderText("Find a setting…")
        self.search.setToolTip("Shows the pages that hold these words, and lights the rows")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._find)
        self.list = QListWidget()
        self.list.setObjectName("settingsPageList")
        self.list.setAccessibleName("Pages of settings")
        self.list.setFixedWidth(_LIST_WIDTH)
        self.list.setSpacing(2)
        self.stack = QStackedWidget()
        self.stack.setObjectName("settingsPages")
        for page in self._pages:
            self.list.addItem(QListWidgetItem(page.title))
            self.stack.addWidget(_framed(page))
        self.list.currentRowChanged.connect(self.stack.setCurrentIndex)
        self._nothing = QLabel()
        self._nothing.setObjectName("settingsNothing")
        self._nothing.setProperty("role", "muted")
        self._nothing.hide()
        self._words = QLabel()
        self._words.setObjectName("settingsWords")
        self._words.setProperty("role", "ok")
        buttons = QDialogButtonBox()
        close = buttons.addButton(QDialogButtonBox.StandardButton.Close)
        close.setObjectName("settingsCloseButton")
        close.setAccessibleName("Close the settings")
        close.setAutoDefault(False)
        buttons.rejected.connect(self.reject)
        left = QVBoxLayout()
        left.addWidget(self.list, 1)
        left.addWidget(self._nothing)
        middle = QHBoxLayout()
        middle.setSpacing(12)
        middle.addLayout(left)
        middle.addWidget(self.stack, 1)
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        layout.addWidget(self.search)
        layout.addLayout(middle, 1)
        foot = QHBoxLayout()
        foot.addWidget(self._words, 1)
        foot.addWidget(buttons)
        layout.addLayout(foot)
        self.resize(860, 560)
        self.finished.connect(self.deleteLater)
        self.show_page(self._pages[0].name)
        self.search.setFocus()

    def show_page(self, name: str) -> None:
        """Bring a page to the front."""
        self.list.setCurrentRow(next(at for at, page in enumerate(self._pages) if page.name == name))

    def say(self, sentence: str) -> None:
        """Tell what was kept, beside the button that closes."""
        self._words.setText(sentence)

    @property
    def page(self) -> SettingsPage:
        """The one on show."""
        return self._pages[self.list.currentRow()]

    def _find(self, text: str) -> None:
        wanted = text.lower().split()
        best, most = -1, 0
        for at, page in enumerate(self._pages):
            lit = _light(page.body, wanted)
            if isinstance(page.body, ShortcutsPage):
                lit += page.body.find(text)
            in_title = _holds(f"{page.title} {page.about}", wanted)
            fits = bool(lit) or in_title
            self.list.item(at).setHidden(not fits)
            # A page that is named so is what is meant; then the one with a row that is; the list of shortcuts last.
            weight = (4 if in_title else 0) + (0 if not lit else 1 if isinstance(page.body, ShortcutsPage) else 2)
            if weight > most:
                best, most = at, weight
        self._nothing.setVisible(best < 0)
        self._nothing.setText("No setting has these words." if best < 0 else "")
        if best >= 0 and wanted:
            self.list.setCurrentRow(best)


def _framed(page: SettingsPage) -> QScrollArea:
    holder = QWidget()
    layout = QVBoxLayout(holder)
    layout.setContentsMargins(0, 0, 4, 0)
    layout.setSpacing(8)
    title = QLabel(page.title)
    title.setObjectName(f"{page.name}SettingsTitle")
    title.setProperty("role", "title")
    about = QLabel(page.about)
    about.setObjectName(f"{page.name}SettingsAbout")
    about.setProperty("role", "muted")
    about.setTextFormat(Qt.TextFormat.PlainText)
    about.setWordWrap(True)
    about.setVisible(bool(page.about))
    layout.addWidget(title)
    layout.addWidget(about)
    layout.addWidget(page.body, 1)
    scroll = QScrollArea()
    scroll.setObjectName(f"{page.name}SettingsScroll")
    scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    scroll.setWidgetResizable(True)
    scroll.setWidget(holder)
    return scroll


def _holds(text: str, wanted: list[str]) -> bool:
    """Whether each of these begins a word of the text."""
    words = re.findall(r"\w+", text.lower())
    return all(any(word.startswith(each) for word in words) for each in wanted)


def _light(body: QWidget, wanted: list[str]) -> int:
    """Light the rows that hold all words, no others; how many."""
    count = 0
    for widget in body.findChildren(QWidget):
        if not isinstance(widget, (QLabel, QAbstractButton)) or widget.objectName().startswith("qt_"):
            continue
        buddy = widget.buddy() if isinstance(widget, QLabel) else widget
        told = [widget.text().replace("&", "")]
        if buddy is not None:
            told += [buddy.accessibleName(), buddy.toolTip()]
        found = bool(wanted) and bool(told[0]) and _holds(" ".join(told), wanted)
        count += found
        if bool(widget.property("found")) is not found:
            set_look(widget, "found", found)
    return count
