"""The correlation ID of an exchange: a block in its colour and its last characters, as in the frame log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

if TYPE_CHECKING:
    from PySide6.QtCore import QModelIndex
    from PySide6.QtGui import QPainter

_MARGIN = 4
_BLOCK = 5
_MARK = "▮ "


class CorrelationDelegate(QStyledItemDelegate):
    """Paints a text that begins with ▮ with a block in place of the glyph, which is too thin to show a colour."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        """Paint one cell."""
        self.initStyleOption(option, index)
        text = option.text
        if not text.startswith(_MARK):
            super().paint(painter, option, index)
            return
        option.text = ""
        option.widget.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, option.widget)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        color = option.palette.color(QPalette.ColorRole.HighlightedText if selected else QPalette.ColorRole.Text)
        height = option.fontMetrics.height() - 3
        left = option.rect.left() + _MARGIN
        painter.save()
        painter.fillRect(QRect(left, option.rect.center().y() - height // 2, _BLOCK, height), color)
        painter.setFont(option.font)
        painter.setPen(color)
        area = option.rect.adjusted(_MARGIN + _BLOCK + 6, 0, -2, 0)
        painter.drawText(area, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text.removeprefix(_MARK))
        painter.restore()
