"""The frame log's view: follows the tail, goes by keyboard, and never scrolls away from what the user looks at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt, Signal
from PySide6.QtGui import QKeySequence, QPainter
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from ..delegates.frame_row import FrameDelegate
from .frame_header import FrameHeader

if TYPE_CHECKING:
    from ..models.frame_table import FrameTableModel

_ROW_PADDING = 8
_ROW_KEYS = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


class FrameView(QTableView):
    """A table of fixed row height over :class:`..models.frame_table.FrameTableModel`.

    While it follows, the last row stays in view. Scrolling up ends that; scrolling to the very end or the End key
    begins it again. The current row is an entry's number, which outlives a change of the filter.
    """

    followingChanged = Signal(bool)
    chosen = Signal(int)
    """The user went to the row of this entry."""
    opened = Signal(int)
    """The row of this entry was double-clicked, or Enter was pressed on it."""
    stepped = Signal(int)
    """Left or Right: go to the entry before (-1) or after (1) within the exchange."""
    copyAsked = Signal()

    def __init__(self, model: FrameTableModel) -> None:
        super().__init__()
        self.setObjectName("framesTable")
        self.setAccessibleName("Frame log")
        self.setAccessibleDescription("Messages, control frames and connection events, oldest first")
        self._model = model
        self._following = True
        self._moving = False
        self.setModel(model)
        self.frame_delegate = FrameDelegate(self, model)
        self.setItemDelegate(self.frame_delegate)
        self.frame_header = FrameHeader(self, self.frame_delegate)
        self.setHorizontalHeader(self.frame_header)
        self.frame_header.laidOut.connect(self._on_columns)
        rows = self.verticalHeader()
        rows.setVisible(False)
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setMinimumSectionSize(8)
        rows.setDefaultSectionSize(self.fontMetrics().height() + _ROW_PADDING)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.setMinimumHeight(3 * rows.defaultSectionSize())
        self.verticalScrollBar().valueChanged.connect(self._on_scrolled)
        self.selectionModel().currentRowChanged.connect(self._on_current)
        self.selectionModel().selectionChanged.connect(lambda *_: self.viewport().update())
        self.doubleClicked.connect(lambda index: self.opened.emit(model.number(index.row())))
        model.modelAboutToBeReset.connect(lambda: self._set_moving(True))
        model.modelReset.connect(self._on_reset)
        model.rowsAboutToBeInserted.connect(lambda *_: self._set_moving(True))
        model.rowsInserted.connect(self._on_inserted)

    @property
    def following(self) -> bool:
        """Whether the last row stays in view."""
        return self._following

    def set_following(self, following: bool) -> None:
        """Follow the tail, from now on, or stay."""
        if following:
            self._go_to_end()
        if following != self._following:
            self._following = following
            self.followingChanged.emit(following)

    def select_number(self, number: int, *, reveal: bool) -> bool:
        """Make the row of an entry the current one, without telling so; false when it has none, then none is."""
        row = self._model.row_of(number) if number else -1
        self._moving = True
        if row < 0:
            self.selectionModel().clear()
        else:
            index = self._model.index(row, self._shown_column())
            flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
            self.selectionModel().setCurrentIndex(index, flags)
            if reveal:
                self.scrollTo(index)
        self._moving = False
        if row >= 0 and reveal and not self._at_end():
            self.set_following(False)
        self.viewport().update()
        return row >= 0

    def highlight_exchange(self, exchange: int) -> None:
        """Tint the rows of an exchange; 0 for none."""
        self.frame_delegate.exchange = exchange
        self.viewport().update()

    def current_number(self) -> int:
        """The entry of the current row; 0 for none."""
        index = self.currentIndex()
        return self._model.number(index.row()) if index.isValid() else 0

    def selected_rows(self) -> list[int]:
        """All selected rows, ascending."""
        return [row for first, last in self._selected_parts() for row in range(first, last + 1)]

    def selected_numbers(self) -> list[int]:
        """The entries of all selected rows, those in folded runs included, ascending."""
        return [number for part in self._selected_parts() for number in self._model.numbers(*part)]

    def _selected_parts(self) -> list[tuple[int, int]]:
        """First and last row of each stretch of selected rows, ascending, none touching the next."""
        merged: list[tuple[int, int]] = []
        for first, last in sorted((part.top(), part.bottom()) for part in self.selectionModel().selection()):
            if merged and first <= merged[-1][1] + 1:
                merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
            else:
                merged.append((first, last))
        return merged

    def paintEvent(self, event) -> None:
        dirty = event.rect()
        first, last = self.rowAt(dirty.top()), self.rowAt(dirty.bottom())
        if first >= 0:
            end = last + 1 if last >= 0 else self._model.rowCount()
            painter = QPainter(self.viewport())
            self.frame_delegate.paint_rows(painter, range(first, end), dirty)
            painter.end()

    def keyPressEvent(self, event) -> None:
        key, plain = event.key(), event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copyAsked.emit()
        elif plain == Qt.KeyboardModifier.NoModifier and key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self.stepped.emit(-1 if key == Qt.Key.Key_Left else 1)
        elif key == Qt.Key.Key_Home:
            self._go_to_row(0)
        elif key == Qt.Key.Key_End:
            self._go_to_row(self._model.rowCount() - 1)
            self.set_following(True)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.opened.emit(self.current_number())
        elif key in _ROW_KEYS and not self.currentIndex().isValid():
            self._go_to_row(self._model.rowCount() - 1 if self._following else self.rowAt(0))
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event) -> None:
        # Qt would make the first row the current one, a jump to the beginning of a log of which the end is looked at.
        had_current = self.currentIndex().isValid()
        self._moving = True
        super().focusInEvent(event)
        if not had_current:
            self.selectionModel().clear()
        self._moving = False

    def resizeEvent(self, event) -> None:
        super().resizeEvent(event)
        self.frame_header.arrange()
        if self._following:
            self._go_to_end()

    def changeEvent(self, event) -> None:
        super().changeEvent(event)
        if event.type() == event.Type.FontChange and hasattr(self, "frame_header"):
            self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + _ROW_PADDING)
            self.frame_delegate.restyle()
            self.frame_header.arrange()

    def _go_to_row(self, row: int) -> None:
        if self._model.rowCount():
            self.setCurrentIndex(self._model.index(row, self._shown_column()))

    def _go_to_end(self) -> None:
        self._moving = True
        self.scrollToBottom()
        self._moving = False

    def _at_end(self) -> bool:
        bar = self.verticalScrollBar()
        return bar.value() >= bar.maximum()

    def _shown_column(self) -> int:
        # A current index in a hidden column would make Qt scroll to nowhere.
        return self.frame_header.shown_columns()[0]

    def _set_moving(self, moving: bool) -> None:
        self._moving = moving

    def _on_scrolled(self) -> None:
        if not self._moving:
            following = self._at_end()
            if following != self._following:
                self._following = following
                self.followingChanged.emit(following)

    def _on_current(self, current: QModelIndex, _previous: QModelIndex) -> None:
        if self._moving or not current.isValid():
            return
        self.chosen.emit(self._model.number(current.row()))

    def _on_inserted(self) -> None:
        self._moving = False
        if self._following:
            self._go_to_end()

    def _on_reset(self) -> None:
        self._moving = False
        if self._following:
            self._go_to_end()

    def _on_columns(self) -> None:
        self.frame_delegate.columns_changed()
        self.viewport().update()
