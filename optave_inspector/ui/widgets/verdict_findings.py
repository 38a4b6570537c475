"""The findings on a request as a list: who found it and where in one line, what is wrong below."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QRect, QSize, Qt, Signal
from PySide6.QtWidgets import QApplication, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from ...compose.judgement import Place, Severity
from .. import theme

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QResizeEvent

_LOOKS = {
    Severity.ERROR: ("✗", "error"),
    Severity.WARNING: ("⚠", "warning"),
    Severity.NOTE: ("•", "muted"),
}
_MARGIN = 5
_ROOT = QModelIndex()
_NOTHING: Mapping[Place, str] = {}


class FindingsModel(QAbstractListModel):
    """Places of a judgement, one per row."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._places: tuple[Place, ...] = ()
        self._fixes: dict[Place, str] = {}

    def set_places(self, places: Sequence[Place], fixes: Mapping[Place, str] = _NOTHING) -> None:
        """Show other findings; the same ones leave the list alone, with its selection."""
        if (tuple(places), fixes) != (self._places, self._fixes):
            self.beginResetModel()
            self._places, self._fixes = tuple(places), dict(fixes)
            self.endResetModel()

    def fix(self, row: int) -> str:
        """What would mend the finding of a row, in words; empty where nothing is known."""
        return self._fixes.get(self._places[row], "")

    def place(self, row: int) -> Place:
        """The finding of a row."""
        return self._places[row]

    def rowCount(self, parent: QModelIndex = _ROOT) -> int:
        """All findings."""
        return 0 if parent.isValid() else len(self._places)

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """All lines as text; the quirk of the rule as tooltip."""
        place = self._places[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            fix = self._fixes.get(place, "")
            return f"{heading(place)}\n{place.finding.sentence}" + (f"\n{_fix_words(fix)}" if fix else "")
        if role == Qt.ItemDataRole.ToolTipRole:
            return place.finding.quirk or None
        return None


def heading(place: Place) -> str:
    """Who found it, by which rule and where."""
    glyph, _ = _LOOKS[place.severity]
    where = place.finding.path if place.path is None else place.path
    return f"{glyph} {', '.join(place.checks)} · {place.finding.rule} · {where}"


class FindingsView(QListView):
    """Lists the findings; Enter or a double click asks to go to the place of one."""

    placeChosen = Signal(object)
    """A Place was activated."""
    fixAsked = Signal(object)
    """A Place is to be mended."""

    def __init__(self, object_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(object_name)
        self.setAccessibleName("Findings")
        self.setAccessibleDescription(
            "What the checks found. Enter goes to the place in the text, F mends it where a fix is named."
        )
        self.setModel(FindingsModel(self))
        self._delegate = _FindingDelegate(self)
        self.setItemDelegate(self._delegate)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.activated.connect(self._choose)
        self.clicked.connect(self._choose)
        theme.theme_switch().changed.connect(self.viewport().update)

    def show_places(self, places: Sequence[Place], fixes: Mapping[Place, str] = _NOTHING) -> None:
        """Show these findings, with what would mend them."""
        self.model().set_places(places, fixes)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """F mends the chosen finding."""
        if event.key() == Qt.Key.Key_F and not event.modifiers() and self.currentIndex().isValid():
            self.fixAsked.emit(self.model().place(self.currentIndex().row()))
        else:
            super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click on the line that names a fix mends; elsewhere it goes to the place."""
        index = self.indexAt(event.position().toPoint())
        fix = self.model().fix(index.row()) if index.isValid() else ""
        line = self.visualRect(index).bottom() - _MARGIN - self.fontMetrics().height()
        if fix and event.button() == Qt.MouseButton.LeftButton and event.position().y() >= line:
            self.fixAsked.emit(self.model().place(index.row()))
            return
        super().mouseReleaseEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Sentences wrap at the new width."""
        super().resizeEvent(event)
        self.scheduleDelayedItemsLayout()

    def _choose(self, index: QModelIndex) -> None:
        self.placeChosen.emit(self.model().place(index.row()))


class _FindingDelegate(QStyledItemDelegate):
    """Paints a coloured heading and a wrapped sentence."""

    def __init__(self, view: QListView) -> None:
        super().__init__(view)
        self._view = view

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        """Paint one finding."""
        self.initStyleOption(option, index)
        option.text = ""
        option.widget.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, option.widget)
        place = self._view.model().place(index.row())
        colors = theme.current()
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        area = option.rect.adjusted(_MARGIN, _MARGIN - 2, -_MARGIN, -(_MARGIN - 2))
        line = QRect(area.left(), area.top(), area.width(), option.fontMetrics.height())
        painter.save()
        painter.setPen(colors.color("selection_text" if selected else _LOOKS[place.severity][1]))
        head = option.fontMetrics.elidedText(heading(place), Qt.TextElideMode.ElideRight, line.width())
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft, head)
        painter.setPen(colors.color("selection_text" if selected else "text"))
        painter.drawText(area.adjusted(0, line.height() + 1, 0, 0), _WRAP, place.finding.sentence)
        fix = self._view.model().fix(index.row())
        if fix:
            painter.setPen(colors.color("selection_text" if selected else "accent"))
            line.moveBottom(area.bottom())
            words = option.fontMetrics.elidedText(_fix_words(fix), Qt.TextElideMode.ElideRight, line.width())
            painter.drawText(line, Qt.AlignmentFlag.AlignLeft, words)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        """Two lines, more where the sentence wraps."""
        model = self._view.model()
        sentence = model.place(index.row()).finding.sentence
        metrics = option.fontMetrics
        bar = QApplication.style().pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent)
        width = max(self._view.width() - bar - 2 * _MARGIN - 6, 60)
        wrapped = metrics.boundingRect(QRect(0, 0, width, 10_000), _WRAP, sentence)
        fix = metrics.height() + 1 if model.fix(index.row()) else 0
        return QSize(width, metrics.height() + 1 + wrapped.height() + fix + 2 * (_MARGIN - 2))


def _fix_words(fix: str) -> str:
    return f"→ {fix}  (F)"


_WRAP = Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap
