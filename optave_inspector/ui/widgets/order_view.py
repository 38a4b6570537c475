"""The order of events in two lanes, from top to bottom: whose doing each was, and how long after the one before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPointF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from ...close_report.order import Lane
from .. import theme

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...close_report.order import Step

_ROOT = QModelIndex()
_LEFT, _RIGHT, _TEXT = 12, 44, 58
_DOT = 4
_WIDE = 270
"""Narrower, the spans leave; tooltips have them."""
_HEAD = 4


class _StepModel(QAbstractListModel):
    """Holds the steps."""

    def __init__(self, parent) -> None:
        super().__init__(parent)
        self.steps: tuple[Step, ...] = ()

    def show(self, steps: Sequence[Step]) -> None:
        if tuple(steps) != self.steps:
            self.beginResetModel()
            self.steps = tuple(steps)
            self.endResetModel()

    def rowCount(self, parent: QModelIndex = _ROOT) -> int:
        return 0 if parent.isValid() else len(self.steps)

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            return _words(self.steps[index.row()])
        return None


class OrderView(QListView):
    """Left lane: the inspector; right lane: the server. A click or Enter on a step emits ``chosen`` with its entry."""

    chosen = Signal(int)

    def __init__(self, object_name: str) -> None:
        super().__init__()
        self.setObjectName(object_name)
        self.setAccessibleName("Order of events")
        self.setAccessibleDescription("What the inspector and the server did, in order. Enter goes to the entry.")
        self.steps_model = _StepModel(self)
        self.setModel(self.steps_model)
        self._delegate = _StepDelegate(self)
        self.setItemDelegate(self._delegate)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.activated.connect(self._choose)
        self.clicked.connect(self._choose)
        theme.theme_switch().changed.connect(self._restyle)

    def show_steps(self, steps: Sequence[Step]) -> None:
        """Show these steps."""
        self.steps_model.show(steps)

    def texts(self) -> list[str]:
        """The steps in words."""
        return [_words(step) for step in self.steps_model.steps]

    def _restyle(self) -> None:
        self.viewport().update()

    def _choose(self, index: QModelIndex) -> None:
        self.chosen.emit(self.steps_model.steps[index.row()].entry)


class _StepDelegate(QStyledItemDelegate):
    """Two lines down, a dot on the lane of whose doing it was, an arrow to the other lane, and words."""

    def __init__(self, view: OrderView) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, option: QStyleOptionViewItem, _index: QModelIndex) -> QSize:
        return QSize(120, option.fontMetrics.height() + 6)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        self.initStyleOption(option, index)
        option.text = ""
        option.widget.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, option.widget)
        step, colors = self._view.steps_model.steps[index.row()], theme.current()
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        rect = option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colors.color("border"), 1.5))
        for x in (_LEFT, _RIGHT):
            painter.drawLine(QPointF(rect.left() + x, rect.top()), QPointF(rect.left() + x, rect.bottom() + 1))
        color = colors.color({Lane.OURS: "sent", Lane.THEIRS: "received", Lane.BOTH: "muted"}[step.lane])
        self._draw_lane(painter, QPointF(rect.left(), rect.center().y() + 0.5), step.lane, color)
        painter.setPen(colors.color("selection_text" if selected else "text" if step.is_end else "muted"))
        metrics = option.fontMetrics
        room = rect.adjusted(_TEXT, 0, -4, 0)
        gap = step.gap if rect.width() >= _WIDE else ""
        gap_width = metrics.horizontalAdvance(gap) + 8 if gap else 0
        words = metrics.elidedText(_told(step), Qt.TextElideMode.ElideRight, room.width() - gap_width)
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, words)
        painter.setPen(colors.color("selection_text" if selected else "muted"))
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, gap)
        painter.restore()

    @staticmethod
    def _draw_lane(painter: QPainter, at: QPointF, lane: Lane, color) -> None:
        left, right = QPointF(at.x() + _LEFT, at.y()), QPointF(at.x() + _RIGHT, at.y())
        painter.setPen(QPen(color, 1.5))
        painter.setBrush(color)
        if lane is Lane.BOTH:
            for x in range(_LEFT, _RIGHT, 6):
                painter.drawLine(QPointF(at.x() + x, at.y()), QPointF(at.x() + x + 3, at.y()))
            return
        begin, end, step = (left, right, -1) if lane is Lane.OURS else (right, left, 1)
        painter.drawLine(begin, end)
        painter.drawEllipse(begin, _DOT, _DOT)
        painter.drawPolygon([end, QPointF(end.x() + step * _HEAD * 1.6, end.y() - _HEAD),
                             QPointF(end.x() + step * _HEAD * 1.6, end.y() + _HEAD)])  # fmt: skip


def _told(step: Step) -> str:
    who = {Lane.OURS: "inspector: ", Lane.THEIRS: "server: ", Lane.BOTH: ""}[step.lane]
    return f"{who}{step.words}"


def _words(step: Step) -> str:
    return f"{_told(step)}{f'  {step.gap}' if step.gap else ''}"
