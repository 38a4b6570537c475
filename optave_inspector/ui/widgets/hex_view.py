"""Bytes in hexadecimal: offset, bytes, ASCII; only the lines on show are painted, so that size does not matter."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QGuiApplication, QKeySequence, QPainter
from PySide6.QtWidgets import QAbstractScrollArea, QMenu

from ..theme import current, mono_font, theme_switch

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

_WIDTHS = (16, 8, 4)
"""Bytes a line, as many as there is room for."""
_MARGIN = 6
_PRINTABLE = bytes(byte if 0x20 <= byte < 0x7F else ord(".") for byte in range(256))
_MOST_COPIED = 16 * 1024 * 1024


class HexView(QAbstractScrollArea):
    """Shows bytes; a selection by mouse or Shift with the arrow keys can be copied as hexadecimal or as text."""

    cutShort = Signal(str)
    """Not all that was selected was copied, in words."""

    def __init__(self, object_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(object_name)
        self.setAccessibleName("Payload in hexadecimal")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFrameShape(QAbstractScrollArea.Shape.NoFrame)
        self.viewport().setCursor(Qt.CursorShape.IBeamCursor)
        self._data = b""
        self._anchor = 0
        self._cursor = 0
        self._selecting = False
        self._per_line = _WIDTHS[0]
        self._menu = QMenu(self)
        self._menu.setObjectName(f"{object_name}Menu")
        for name, text, slot in (
            ("CopyHexAction", "Copy as &hexadecimal\tCtrl+C", self.copy_hex),
            ("CopyTextAction", "Copy as &text", self.copy_text),
            ("SelectAllAction", "Select &all\tCtrl+A", self.select_all),
        ):
            action = self._menu.addAction(text)
            action.setObjectName(f"{object_name}{name}")
            action.triggered.connect(slot)
        self._restyle()
        theme_switch().changed.connect(self._restyle)

    @property
    def per_line(self) -> int:
        """Bytes in a line at the present width."""
        return self._per_line

    @property
    def selection(self) -> tuple[int, int]:
        """First byte of the selection and the first after it; equal when nothing is selected."""
        first, last = sorted((self._anchor, self._cursor))
        return (first, min(last + 1, len(self._data))) if self._selecting else (first, first)

    def set_data(self, data: bytes) -> None:
        """Show other bytes, from their beginning."""
        self._data = data
        self._anchor = self._cursor = 0
        self._selecting = False
        self.setAccessibleDescription(f"{len(data):,} bytes")
        self._lay_out()
        self.verticalScrollBar().setValue(0)

    def line_text(self, line: int) -> tuple[str, str, str]:
        """Offset, bytes and ASCII of a line."""
        start = line * self._per_line
        part = self._data[start : start + self._per_line]
        return f"{start:08x}", part.hex(" "), part.translate(_PRINTABLE).decode("ascii")

    def select(self, first: int, end: int) -> None:
        """Select the bytes from ``first`` on and before ``end``, and show the end of them."""
        self._anchor, self._cursor = first, max(first, end - 1)
        self._selecting = end > first
        self._reveal()

    def select_all(self) -> None:
        """Select every byte."""
        if self._data:
            self._anchor, self._cursor, self._selecting = 0, len(self._data) - 1, True
            self.viewport().update()

    def copy_hex(self) -> None:
        """The selected bytes, or all, as pairs of digits."""
        QGuiApplication.clipboard().setText(self._selected().hex(" "))

    def copy_text(self) -> None:
        """The selected bytes, or all, as UTF-8; what is none becomes U+FFFD."""
        QGuiApplication.clipboard().setText(self._selected().decode("utf-8", "replace"))

    def paintEvent(self, event) -> None:
        theme = current()
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), theme.color("base"))
        painter.setFont(self._font)
        first_line = self.verticalScrollBar().value()
        left = _MARGIN - self.horizontalScrollBar().value()
        begin, end = self.selection
        for at in range(ceil(self.viewport().height() / self._line_height)):
            line = first_line + at
            if line >= self._lines():
                break
            top = at * self._line_height
            self._paint_selection(painter, line, left, top, begin, end)
            offset, pairs, text = self.line_text(line)
            baseline = top + self._ascent
            painter.setPen(theme.color("muted"))
            painter.drawText(QPoint(left, baseline), offset)
            painter.setPen(theme.color("text"))
            painter.drawText(QPoint(left + round(self._hex_left * self._char), baseline), pairs)
            painter.setPen(theme.color("json_string"))
            painter.drawText(QPoint(left + round(self._ascii_left * self._char), baseline), text)
        painter.end()

    def resizeEvent(self, event) -> None:
        super().resizeEvent(event)
        self._lay_out()

    def changeEvent(self, event) -> None:
        super().changeEvent(event)
        if event.type() == event.Type.FontChange and hasattr(self, "_data"):
            self._restyle()

    def keyPressEvent(self, event) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_hex()
        elif event.matches(QKeySequence.StandardKey.SelectAll):
            self.select_all()
        else:
            target = self._target_of(event)
            if target is None:
                super().keyPressEvent(event)
                return
            self._move(target, extend=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))

    def mousePressEvent(self, event) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._data:
            extend = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._move(self._byte_at(event.position().toPoint()), extend=extend)

    def mouseMoveEvent(self, event) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton and self._data:
            self._move(self._byte_at(event.position().toPoint()), extend=True)

    def mouseReleaseEvent(self, event) -> None:
        event.accept()

    def contextMenuEvent(self, event) -> None:
        if self._data:
            self._menu.popup(event.globalPos())

    def _restyle(self) -> None:
        self._font = mono_font()
        metrics = QFontMetricsF(self._font)
        self._char = metrics.horizontalAdvance("0")
        self._line_height = ceil(metrics.height()) + 4
        self._ascent = round(metrics.ascent()) + 2
        self._lay_out()

    def _lay_out(self) -> None:
        room = self.viewport().width() - 2 * _MARGIN
        fitting = [count for count in _WIDTHS if (self._columns(count)[2]) * self._char <= room]
        top_byte = self.verticalScrollBar().value() * self._per_line
        self._per_line = fitting[0] if fitting else _WIDTHS[-1]
        self._hex_left, self._ascii_left, whole = self._columns(self._per_line)
        page = max(self.viewport().height() // self._line_height, 1)
        self.verticalScrollBar().setPageStep(page)
        self.verticalScrollBar().setRange(0, max(self._lines() - page, 0))
        self.verticalScrollBar().setValue(top_byte // self._per_line)
        self.horizontalScrollBar().setPageStep(max(room, 1))
        self.horizontalScrollBar().setRange(0, max(ceil(whole * self._char) - room, 0))
        self.viewport().update()

    @staticmethod
    def _columns(per_line: int) -> tuple[int, int, int]:
        """Where bytes and ASCII begin and the line ends, in characters."""
        hex_left = 10
        ascii_left = hex_left + 3 * per_line + 1
        return hex_left, ascii_left, ascii_left + per_line

    def _lines(self) -> int:
        return -(-len(self._data) // self._per_line)

    def _paint_selection(self, painter: QPainter, line: int, left: int, top: int, begin: int, end: int) -> None:
        start = line * self._per_line
        first, last = max(begin, start) - start, min(end, start + self._per_line) - start
        color: QColor = current().color("selection")
        height = self._line_height
        if first < last:
            for column, step, gap in ((self._hex_left, 3, 1), (self._ascii_left, 1, 0)):
                x = left + round((column + first * step) * self._char)
                right = left + round((column + last * step - gap) * self._char)
                painter.fillRect(QRect(x, top, right - x, height), color)
        elif self.hasFocus() and start <= self._cursor < start + self._per_line and self._data:
            x = left + round((self._hex_left + (self._cursor - start) * 3) * self._char)
            painter.fillRect(QRect(x, top + height - 2, round(2 * self._char), 2), current().color("accent"))

    def _byte_at(self, at: QPoint) -> int:
        line = self.verticalScrollBar().value() + at.y() // self._line_height
        column = (at.x() - _MARGIN + self.horizontalScrollBar().value()) / self._char
        if column >= self._ascii_left - 1:
            within = int(column - self._ascii_left)
        else:
            within = int((column - self._hex_left) // 3)
        within = max(0, min(within, self._per_line - 1))
        return max(0, min(line * self._per_line + within, len(self._data) - 1))

    def _target_of(self, event) -> int | None:
        if not self._data:
            return None
        key, control = event.key(), bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        page = self.verticalScrollBar().pageStep() * self._per_line
        last = len(self._data) - 1
        line_start = self._cursor - self._cursor % self._per_line
        targets = {
            Qt.Key.Key_Left: self._cursor - 1,
            Qt.Key.Key_Right: self._cursor + 1,
            Qt.Key.Key_Up: self._cursor - self._per_line,
            Qt.Key.Key_Down: self._cursor + self._per_line,
            Qt.Key.Key_PageUp: self._cursor - page,
            Qt.Key.Key_PageDown: self._cursor + page,
            Qt.Key.Key_Home: 0 if control else line_start,
            Qt.Key.Key_End: last if control else line_start + self._per_line - 1,
        }
        target = targets.get(key)
        return None if target is None else max(0, min(target, last))

    def _move(self, target: int, *, extend: bool) -> None:
        self._cursor = target
        if not extend:
            self._anchor = target
        self._selecting = extend and self._anchor != target
        self._reveal()

    def _reveal(self) -> None:
        bar = self.verticalScrollBar()
        line = self._cursor // self._per_line
        if line < bar.value():
            bar.setValue(line)
        elif line >= bar.value() + bar.pageStep():
            bar.setValue(line - bar.pageStep() + 1)
        self.viewport().update()

    def _selected(self) -> bytes:
        begin, end = self.selection
        part = self._data[begin:end] if end > begin else self._data
        if len(part) > _MOST_COPIED:
            self.cutShort.emit(
                f"Copied the first {_MOST_COPIED:,} of {len(part):,} bytes. Save the payload to have all."
            )
        return part[:_MOST_COPIED]
