"""A list of rows of words that wrap, in the colours of their meanings; choosing a row asks to go to its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPointF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QFont,
    QGuiApplication,
    QKeySequence,
    QTextCharFormat,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from .. import theme

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from PySide6.QtGui import QPainter, QResizeEvent

    from ..models.detail_row import DetailRow

_MARGIN = 6
_GAP = 3
_ROOT = QModelIndex()
_COLORS = {"title": "text", "link": "accent", "code": "text", "same": "muted", "added": "ok", "removed": "error"}
_MONO = ("link", "code", "same", "added", "removed")


class DetailModel(QAbstractListModel):
    """Holds the rows."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: tuple[DetailRow, ...] = ()

    def show(self, rows: Sequence[DetailRow]) -> None:
        """Show other rows; the same ones leave the list alone, with its selection."""
        if tuple(rows) != self.rows:
            self.beginResetModel()
            self.rows = tuple(rows)
            self.endResetModel()

    def rowCount(self, parent: QModelIndex = _ROOT) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self.rows[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return row.text
        if role == Qt.ItemDataRole.ToolTipRole:
            return row.tip or None
        return None


class DetailList(QListView):
    """Show rows with :meth:`show_rows`. Enter or a click on a row that leads somewhere emits ``chosen``."""

    chosen = Signal(object)
    """The :class:`..models.detail_row.DetailRow` to go to."""

    def __init__(self, object_name: str, accessible_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(object_name)
        self.setAccessibleName(accessible_name)
        self.rows_model = DetailModel(self)
        self.setModel(self.rows_model)
        self._delegate = _DetailDelegate(self)
        self.setItemDelegate(self._delegate)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setLayoutMode(QListView.LayoutMode.Batched)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.activated.connect(self._choose)
        self.clicked.connect(self._choose)
        copy = QAction("&Copy", self)
        copy.setObjectName(f"{object_name}CopyAction")
        copy.setShortcut(QKeySequence(QKeySequence.StandardKey.Copy))
        copy.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        copy.triggered.connect(self.copy)
        copy_all = QAction("Copy &all", self)
        copy_all.setObjectName(f"{object_name}CopyAllAction")
        copy_all.triggered.connect(self.copy_all)
        self.addActions([copy, copy_all])
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        theme.theme_switch().changed.connect(self._restyle)

    def show_rows(self, rows: Sequence[DetailRow]) -> None:
        """Show these rows."""
        self.rows_model.show(rows)

    def texts(self) -> list[str]:
        """The rows as plain text."""
        return [row.text for row in self.rows_model.rows]

    def copy(self) -> None:
        """Copy the current row as text."""
        if self.currentIndex().isValid():
            QGuiApplication.clipboard().setText(self.rows_model.rows[self.currentIndex().row()].text)

    def copy_all(self) -> None:
        """Copy all rows as text."""
        QGuiApplication.clipboard().setText("\n".join(self.texts()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.scheduleDelayedItemsLayout()

    def _restyle(self) -> None:
        self.scheduleDelayedItemsLayout()
        self.viewport().update()

    def _choose(self, index: QModelIndex) -> None:
        row = self.rows_model.rows[index.row()]
        if row.leads_somewhere:
            self.chosen.emit(row)


class _DetailDelegate(QStyledItemDelegate):
    """Lays the pieces of a row out as one text: words wrap, and what has no blanks breaks where it must."""

    def __init__(self, view: DetailList) -> None:
        super().__init__(view)
        self._view = view

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        self.initStyleOption(option, index)
        option.text = ""
        option.widget.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, option.widget)
        row = self._view.rows_model.rows[index.row()]
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        layout = self._layout(row, selected=selected)
        top = option.rect.top() + _GAP + (_MARGIN if row.heading and index.row() else 0)
        painter.save()
        painter.setPen(theme.current().color("selection_text" if selected else "text"))
        layout.draw(painter, QPointF(option.rect.left() + self._indent(row), top))
        painter.restore()

    def sizeHint(self, _option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        row = self._view.rows_model.rows[index.row()]
        height = self._layout(row, selected=False).boundingRect().height()
        room = _MARGIN if row.heading and index.row() else 0
        return QSize(60, int(height + 0.999) + 2 * _GAP + room)

    def _indent(self, row: DetailRow) -> int:
        return _MARGIN if row.heading else 2 * _MARGIN

    def _layout(self, row: DetailRow, *, selected: bool) -> QTextLayout:
        # QTextLayout knows no line feed, only the line separator; both are one UTF-16 unit.
        text = row.text.replace("\n", "\u2028")
        # The mark at the start stays with what follows, however long that is.
        layout = QTextLayout(text[:2].replace(" ", "\u00a0") + text[2:], self._view.font())
        option = QTextOption(Qt.AlignmentFlag.AlignLeft)
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        layout.setTextOption(option)
        ranges, start = [], 0
        for piece in row.pieces:
            length = len(piece.text.encode("utf-16-le", "surrogatepass")) // 2
            span = QTextLayout.FormatRange()
            span.start, span.length, span.format = start, length, _format(piece.look, selected=selected)
            ranges.append(span)
            start += length
        layout.setFormats(ranges)
        width = max(self._view.viewport().width() - self._indent(row) - _MARGIN, 40)
        layout.beginLayout()
        at = 0.0
        while (line := layout.createLine()).isValid():
            line.setLineWidth(width)
            line.setPosition(QPointF(0, at))
            at += line.height()
        layout.endLayout()
        return layout


def _format(look: str, *, selected: bool) -> QTextCharFormat:
    made = QTextCharFormat()
    colors = theme.current()
    made.setForeground(colors.color("selection_text" if selected else _COLORS.get(look, look)))
    if look in _MONO:
        made.setFontFamilies(theme.mono_font().families())
        made.setFontFixedPitch(True)
    if look in ("title", "added"):
        made.setFontWeight(QFont.Weight.DemiBold)
    if look == "removed":
        made.setFontStrikeOut(True)
    if look in ("added", "removed") and not selected:
        made.setBackground(colors.color("ok_back" if look == "added" else "error_back"))
    return made
