"""Paints the JSON tree: names and values in the colours of their types, a muted remark beside an ID."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPalette
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTreeView

from ..models.json_text import kind_name, remark
from ..models.json_tree import FIELD, JsonTreeModel
from ..theme import current, mono_font, theme_switch

if TYPE_CHECKING:
    from PySide6.QtCore import QModelIndex
    from PySide6.QtGui import QPainter

    from ..models.json_nodes import Node

_GAP = 10
_ROW_PADDING = 5
_LEAST_OF_ID = 14
"""Characters of an ID that are worth more than the remark beside it."""
_COLORS = {
    "string": "json_string",
    "number": "json_number",
    "boolean": "json_literal",
    "null": "json_literal",
    "object": "muted",
    "array": "muted",
}


class JsonDelegate(QStyledItemDelegate):
    """For both columns of a view over :class:`..models.json_tree.JsonTreeModel`."""

    def __init__(self, view: QTreeView, model: JsonTreeModel) -> None:
        super().__init__(view)
        self._view = view
        self._model = model
        theme_switch().changed.connect(self._restyle)
        self._restyle()

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        # Qt measures rows off screen, too: the option knows no font of ours.
        height = max(self._metrics.height(), option.fontMetrics.height()) + _ROW_PADDING
        return QSize(self._metrics.horizontalAdvance(index.data() or "") + _GAP, height)

    def initStyleOption(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        super().initStyleOption(option, index)
        node = self._model.node(index)
        if node is None:
            return
        option.font = self._font
        color = current().color(_color_name(node, index.column()))
        option.palette.setColor(QPalette.ColorRole.Text, color)
        if index.column() != FIELD and not node.is_span:
            option.text = self._fitting(node.value, option.text, option.rect.width() - _GAP)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().paint(painter, option, index)
        node = self._model.node(index)
        if node is None or node.is_span or index.column() == FIELD:
            return
        beside = remark(node.value)
        if not beside:
            return
        text = self._fitting(node.value, index.data(), option.rect.width() - _GAP)
        rect = QRect(option.rect).adjusted(self._metrics.horizontalAdvance(text) + _GAP, -1, 0, -1)
        if self._metrics.horizontalAdvance(beside) > rect.width():
            return
        selected = QStyle.StateFlag.State_Selected in option.state
        good = beside.startswith("✓")
        painter.save()
        painter.setFont(self._font)
        painter.setPen(current().color("selection_text" if selected else "ok" if good else "muted"))
        painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, beside)
        painter.restore()

    def _fitting(self, value: object, text: str, room: int) -> str:
        """``text`` as it fits. IDs begin alike: of them both ends are kept, and room for the remark beside them."""
        beside = remark(value)
        if not beside:
            return self._metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
        left = room - self._metrics.horizontalAdvance(beside) - _GAP
        least = self._metrics.horizontalAdvance("0") * _LEAST_OF_ID
        return self._metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, left if left >= least else room)

    def _restyle(self) -> None:
        self._font = mono_font()
        self._metrics = QFontMetrics(self._font)
        self._view.viewport().update()


def _color_name(node: Node, column: int) -> str:
    if node.is_span:
        return "muted"
    if column == FIELD:
        return "json_key" if isinstance(node.step, str) else "muted"
    return _COLORS[kind_name(node.value)]
