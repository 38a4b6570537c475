"""The line that a query is written in: what is wrong in it is underlined."""

from __future__ import annotations

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QLineEdit

from ..theme import current

_CURSOR_MARGIN = 5
"""Qt's cursor rectangle begins so many pixels left of the cursor."""
_STEP = 2
_LEAST_WIDTH = 6


class FilterEdit(QLineEdit):
    """A text field that can underline a part of its text with a wave, in the colour of errors."""

    def __init__(self) -> None:
        super().__init__()
        self._wrong: tuple[int, int] | None = None
        self.textChanged.connect(lambda: self.underline(None))

    @property
    def underlined(self) -> tuple[int, int] | None:
        """Where the underlined part begins and ends, in code points; None when nothing is underlined."""
        return self._wrong

    def underline(self, part: tuple[int, int] | None) -> None:
        """Underline the text from one place to another, in code points, until it changes; None for nothing.

        An empty part stands for something missing at that place.
        """
        self._wrong = part
        self.update()

    def code_points_before_cursor(self) -> int:
        """The cursor's place in code points; Qt counts UTF-16 units."""
        return len(self.text().encode("utf-16-le")[: 2 * self.cursorPosition()].decode("utf-16-le", "ignore"))

    def x_of(self, place: int) -> float:
        """Where on the widget the character at ``place`` (in code points) begins, whatever is scrolled out of sight."""
        text, metrics = self.text(), self.fontMetrics()
        cursor = self.cursorRect().x() + _CURSOR_MARGIN
        before = metrics.horizontalAdvance(text[: self.code_points_before_cursor()])
        return cursor + metrics.horizontalAdvance(text[:place]) - before

    def paintEvent(self, event) -> None:
        super().paintEvent(event)
        if self._wrong is None:
            return
        start, end = self._wrong
        left, right = self.x_of(start), self.x_of(end)
        if right - left < _LEAST_WIDTH:
            # Something missing at the end of the text, where there may be no room behind it.
            left, right = right - _LEAST_WIDTH / 2, right + _LEAST_WIDTH / 2
        metrics = self.fontMetrics()
        top = min((self.height() + metrics.height()) / 2 - metrics.descent() + 1.5, self.height() - 4.5)
        wave = QPolygonF()
        x, down = left, False
        while x < right:
            wave.append(QPointF(x, top + (_STEP if down else 0)))
            x, down = x + _STEP, not down
        wave.append(QPointF(right, top + (_STEP if down else 0)))
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(self.rect().adjusted(3, 0, -3, 0))
        painter.setPen(QPen(current().color("error"), 1.3))
        painter.drawPolyline(wave)
