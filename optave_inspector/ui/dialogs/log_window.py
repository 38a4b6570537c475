"""The app's own log as it grows, to read beside the window: by level, by words, and to copy."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractTableModel, QModelIndex, Qt, QTimer
from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QSplitter,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from ...log import LogLine, recent_records
from ..diagnostics import level_name, line_text
from ..theme import current, mono_font

if TYPE_CHECKING:
    from collections.abc import Sequence

_LOOK_MS = 500
_TITLES = ("Time", "Level", "Part", "What")
_LEVELS = (("Everything", 0), ("Information and above", 20), ("Warnings and above", 30), ("Errors", 40))
_GLYPHS = {30: "⚠", 40: "✗", 50: "✗"}


class LogWindow(QDialog):
    """Call ``show()``; it deletes itself when it is closed. Shows the lines that this process keeps, 2,000 at most."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("logWindow")
        self.setWindowTitle("Log")
        self.setAccessibleName("Log")
        self.setModal(False)
        self.model = _Lines(self)
        self.level = QComboBox()
        self.search = QLineEdit()
        self.table = QTableView()
        self.detail = QPlainTextEdit()
        self._count = QLabel()
        self._build()
        self._look = QTimer(self)
        self._look.setInterval(_LOOK_MS)
        self._look.timeout.connect(self.refresh)
        self.level.currentIndexChanged.connect(lambda _index: self._narrow())
        self.search.textChanged.connect(lambda _text: self._narrow())
        self.table.selectionModel().currentRowChanged.connect(self._show_detail)
        self.finished.connect(self.deleteLater)
        self.refresh()
        self._look.start()
        self.search.setFocus()

    def refresh(self) -> None:
        """Take in what was logged since."""
        recent = recent_records()
        if recent is None:
            self._count.setText("This process keeps no log.")
            return
        new = recent.after(self.model.last)
        if new:
            bar = self.table.verticalScrollBar()
            at_end = bar.value() == bar.maximum()
            self.model.add(new)
            if at_end:
                self.table.scrollToBottom()
        self._tell()

    def _build(self) -> None:
        self.level.setObjectName("logLevelCombo")
        self.level.setAccessibleName("Which levels to show")
        self.level.setToolTip("Which levels to show")
        for text, level in _LEVELS:
            self.level.addItem(text, level)
        self.search.setObjectName("logSearchEdit")
        self.search.setAccessibleName("Show lines that hold these words")
        self.search.setPlaceholderText("Find in the log…")
        self.search.setToolTip("Show lines that hold all of these words")
        self.search.setClearButtonEnabled(True)
        table = self.table
        table.setObjectName("logTable")
        table.setAccessibleName("Lines of the log")
        table.setModel(self.model)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setTabKeyNavigation(False)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.verticalHeader().hide()
        table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        table.verticalHeader().setDefaultSectionSize(22)
        table.horizontalHeader().setStretchLastSection(True)
        table.horizontalHeader().setHighlightSections(False)
        table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for column, width in enumerate((100, 100, 220)):
            table.horizontalHeader().resizeSection(column, width)
        self.detail.setObjectName("logDetail")
        self.detail.setAccessibleName("The chosen line in full")
        self.detail.setReadOnly(True)
        self.detail.setTabChangesFocus(True)
        self.detail.setFont(mono_font())
        self.detail.setPlaceholderText("Choose a line to read all of it, with its traceback.")
        split = QSplitter(Qt.Orientation.Vertical)
        split.setObjectName("logSplitter")
        split.setChildrenCollapsible(False)
        split.addWidget(table)
        split.addWidget(self.detail)
        split.setSizes([320, 120])
        self._count.setObjectName("logCount")
        self._count.setProperty("role", "muted")
        top = QHBoxLayout()
        top.addWidget(self.search, 1)
        top.addWidget(self.level)
        buttons = QDialogButtonBox()
        copy = buttons.addButton("&Copy shown lines", QDialogButtonBox.ButtonRole.ActionRole)
        copy.setObjectName("logCopyButton")
        copy.setAccessibleName("Copy the lines on show")
        copy.setToolTip("Copy the lines on show; tokens and secrets are masked in them")
        copy.setAutoDefault(False)
        copy.clicked.connect(self._copy)
        close = buttons.addButton(QDialogButtonBox.StandardButton.Close)
        close.setObjectName("logCloseButton")
        close.setAccessibleName("Close the log")
        close.setAutoDefault(False)
        buttons.rejected.connect(self.reject)
        foot = QHBoxLayout()
        foot.addWidget(self._count, 1)
        foot.addWidget(buttons)
        layout = QVBoxLayout(self)
        layout.addLayout(top)
        layout.addWidget(split, 1)
        layout.addLayout(foot)
        self.resize(900, 560)

    def _narrow(self) -> None:
        self.model.narrow(self.level.currentData(), self.search.text())
        self.table.scrollToBottom()
        self.detail.clear()
        self._tell()

    def _tell(self) -> None:
        shown, known = self.model.rowCount(), self.model.known
        self._count.setText(f"{shown:,} of {known:,} lines" if shown != known else f"{known:,} lines")

    def _show_detail(self) -> None:
        index = self.table.currentIndex()
        self.detail.setPlainText(line_text(self.model.lines[index.row()]) if index.isValid() else "")

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText("\n".join(line_text(line) for line in self.model.lines))


class _Lines(QAbstractTableModel):
    """The lines that are asked for, oldest first."""

    def __init__(self, parent: LogWindow) -> None:
        super().__init__(parent)
        self._all: list[LogLine] = []
        self._level, self._words = 0, list[str]()
        self.lines: list[LogLine] = []

    @property
    def last(self) -> int:
        """Number of the newest line."""
        return self._all[-1].number if self._all else 0

    @property
    def known(self) -> int:
        """How many lines there are, shown or not."""
        return len(self._all)

    def add(self, lines: Sequence[LogLine]) -> None:
        self._all += lines
        fitting = [line for line in lines if self._fits(line)]
        if fitting:
            self.beginInsertRows(QModelIndex(), len(self.lines), len(self.lines) + len(fitting) - 1)
            self.lines += fitting
            self.endInsertRows()

    def narrow(self, level: int, text: str) -> None:
        self.beginResetModel()
        self._level, self._words = level, text.lower().split()
        self.lines = [line for line in self._all if self._fits(line)]
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.lines)

    def columnCount(self, parent: QModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(_TITLES)

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole):
        line = self.lines[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            if index.column() == 0:
                return time.strftime("%H:%M:%S", time.localtime(line.wall_ns // 10**9))
            if index.column() == 1:
                return f"{_GLYPHS.get(line.level, ' ')} {level_name(line.level).lower()}"
            return line.logger.removeprefix("optave_inspector.") if index.column() == 2 else line.text.split("\n")[0]
        if role == Qt.ItemDataRole.ForegroundRole and index.column() == 1 and line.level >= 30:
            return QColor(current().error if line.level >= 40 else current().warning)
        return None

    def headerData(self, section: int, orientation, role: int = Qt.ItemDataRole.DisplayRole):
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return _TITLES[section]
        return None

    def _fits(self, line: LogLine) -> bool:
        if line.level < self._level:
            return False
        text = f"{line.logger} {line.text}".lower()
        return all(word in text for word in self._words)
