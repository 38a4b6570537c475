"""The command palette: a line to type in, and beneath it all that the letters may mean, the best first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractListModel, QEvent, QModelIndex, QPoint, QRect, QSize, Qt, QTimer
from PySide6.QtGui import QAccessible, QAccessibleEvent, QFont, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QDialog,
    QLabel,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from ...fuzzy import ranked
from .. import theme

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ...fuzzy import Found
    from ..commands import Command

_MARGIN = 8
_WIDTH, _HEIGHT = 640, 440
_PAGE = 8
_STEPS = {
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_PageDown: _PAGE,
    Qt.Key.Key_PageUp: -_PAGE,
}
CommandRole = int(Qt.ItemDataRole.UserRole)


class CommandPalette(QDialog):
    """Call ``open()``. Enter runs what is chosen once the palette has gone; ``ran`` is told its key."""

    def __init__(
        self,
        commands: Sequence[Command],
        parent: QWidget | None = None,
        ran: Callable[[str], object] = lambda _key: None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("commandPalette")
        self.setWindowTitle("Commands")
        self.setAccessibleName("Commands")
        self.setWindowFlag(Qt.WindowType.FramelessWindowHint)
        self._commands = list(commands)
        self._ran = ran
        self.edit = QLineEdit()
        self.edit.setObjectName("commandPaletteEdit")
        self.edit.setAccessibleName("Find an action, a panel, a profile, a session, a capture or a recipe")
        self.edit.setPlaceholderText("An action, panel, profile, session, capture or recipe…")
        self.edit.setToolTip("Type some letters of it; Enter runs what is chosen, Escape closes")
        self.edit.setClearButtonEnabled(False)
        self.edit.textChanged.connect(self._find)
        self.edit.installEventFilter(self)
        self.model = _Matches(self)
        self.list = QListView()
        self.list.setObjectName("commandPaletteList")
        self.list.setAccessibleName("What can be done")
        self.list.setModel(self.model)
        self.list.setItemDelegate(_CommandDelegate(self.list))
        self.list.setUniformItemSizes(True)
        self.list.setMouseTracking(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.clicked.connect(lambda _index: self.run())
        self.list.installEventFilter(self)
        self.list.selectionModel().currentChanged.connect(self._tell_current)
        self._words = QLabel()
        self._words.setObjectName("commandPaletteWords")
        self._words.setProperty("role", "muted")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 10, 10, 8)
        layout.setSpacing(6)
        layout.addWidget(self.edit)
        layout.addWidget(self.list, 1)
        layout.addWidget(self._words)
        self.finished.connect(self.deleteLater)
        self._find("")
        self._place()
        self.edit.setFocus()

    @property
    def chosen(self) -> Command | None:
        """What Enter would run."""
        index = self.list.currentIndex()
        return index.data(CommandRole) if index.isValid() else None

    def run(self) -> None:
        """Run what is chosen; what cannot be done now is told, and the palette stays."""
        command = self.chosen
        if command is None:
            return
        if not command.enabled:
            self._say(f"⚠ “{command.name}” cannot be done now.")
            return
        self.accept()
        self._ran(command.key)
        # Once the palette has gone: the focus is where it was, which many actions go by.
        QTimer.singleShot(0, self.parent(), command.run)

    def eventFilter(self, watched, event) -> bool:
        if event.type() is QEvent.Type.KeyPress and self._on_key(event, from_list=watched is self.list):
            return True
        return super().eventFilter(watched, event)

    def _on_key(self, event: QKeyEvent, *, from_list: bool) -> bool:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.run()
            return True
        if from_list or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier or event.key() not in _STEPS:
            return False
        count = self.model.rowCount()
        if count:
            row = self.list.currentIndex().row() + _STEPS[Qt.Key(event.key())]
            # By single steps it goes round, by pages it stops at the ends.
            row = row % count if abs(_STEPS[Qt.Key(event.key())]) == 1 else min(max(row, 0), count - 1)
            self.list.setCurrentIndex(self.model.index(row))
        return True

    def _find(self, text: str) -> None:
        found = ranked(text, self._commands, lambda command: (command.name, f"{command.place} {command.does}"))
        if text.strip():  # of equals, what can be done comes first
            found.sort(key=lambda each: (-each.match.score, not each.item.enabled))
        self.model.show(found)
        self.list.scrollToTop()
        self.list.setCurrentIndex(self.model.index(0) if found else QModelIndex())
        if not found:
            self._say("Nothing is called so. Fewer letters find more.")

    def _tell_current(self) -> None:
        command = self.chosen
        if command is None:
            return
        self._say(f"{self.list.currentIndex().row() + 1} of {self.model.rowCount()}")
        # The focus stays in the line: its description tells screen readers what Enter would run.
        self.edit.setAccessibleDescription(command.spoken)
        QAccessible.updateAccessibility(QAccessibleEvent(self.edit, QAccessible.Event.DescriptionChanged))

    def _say(self, sentence: str) -> None:
        self._words.setText(f"{sentence}   ·   ↑ ↓ choose, Enter runs, Esc closes")

    def _place(self) -> None:
        window = self.parentWidget()
        if window is None:
            self.resize(_WIDTH, _HEIGHT)
            return
        width, height = min(_WIDTH, window.width() - 40), min(_HEIGHT, window.height() - 80)
        self.resize(width, height)
        self.move(window.mapToGlobal(QPoint((window.width() - width) // 2, 56)))


class _Matches(QAbstractListModel):
    """What was found, best first."""

    def __init__(self, parent: CommandPalette) -> None:
        super().__init__(parent)
        self.found: list[Found[Command]] = []

    def show(self, found: list[Found[Command]]) -> None:
        self.beginResetModel()
        self.found = found
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.found)

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole):
        command = self.found[index.row()].item
        if role == Qt.ItemDataRole.DisplayRole:
            return command.name
        if role == CommandRole:
            return command
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            return command.spoken
        return None


class _CommandDelegate(QStyledItemDelegate):
    """Two lines: the name with the typed letters bold and its shortcut; where it is and what it does."""

    def __init__(self, view: QListView) -> None:
        super().__init__(view)

    def sizeHint(self, option: QStyleOptionViewItem, _index: QModelIndex) -> QSize:
        return QSize(200, 2 * option.fontMetrics.height() + 12)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        self.initStyleOption(option, index)
        option.text = ""
        option.widget.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, option.widget)
        found = index.model().found[index.row()]
        command, colors, metrics = found.item, theme.current(), option.fontMetrics
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        area = option.rect.adjusted(_MARGIN, 5, -_MARGIN, -5)
        first = QRect(area.left(), area.top(), area.width(), metrics.height())
        painter.save()
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.setPen(colors.color("selection_text" if selected else "muted"))
        beside = command.shortcut if command.enabled else "○ not now"
        painter.drawText(first, right, beside)
        room = first.width() - metrics.horizontalAdvance(beside) - 12
        painter.setPen(colors.color("selection_text" if selected else "text" if command.enabled else "muted"))
        _draw_name(painter, QRect(first.left(), first.top(), room, first.height()), option.font, found)
        painter.setPen(colors.color("selection_text" if selected else "muted"))
        second = QRect(area.left(), first.bottom() + 3, area.width(), metrics.height())
        told = command.place if not command.does else f"{command.place} · {command.does}"
        painter.drawText(
            second, Qt.AlignmentFlag.AlignLeft, metrics.elidedText(told, Qt.TextElideMode.ElideRight, second.width())
        )
        painter.restore()


def _draw_name(painter: QPainter, room: QRect, font: QFont, found: Found[Command]) -> None:
    """The name, its meant letters bold; cut with three dots where it is too long."""
    bold = QFont(font)
    bold.setBold(True)
    name, meant, x = found.item.name, set(found.match.places), room.left()
    end = room.right() - painter.fontMetrics().horizontalAdvance("…")
    at = 0
    while at < len(name):
        strong = at in meant
        until = at + 1
        while until < len(name) and (until in meant) is strong:
            until += 1
        painter.setFont(bold if strong else font)
        piece, metrics = name[at:until], painter.fontMetrics()
        width = metrics.horizontalAdvance(piece)
        if x + width > end and (until < len(name) or x + width > room.right()):
            cut = metrics.elidedText(piece, Qt.TextElideMode.ElideRight, max(room.right() - x, 0))
            painter.drawText(QRect(x, room.top(), room.right() - x, room.height()), Qt.AlignmentFlag.AlignVCenter, cut)
            break
        painter.drawText(QRect(x, room.top(), width + 2, room.height()), Qt.AlignmentFlag.AlignVCenter, piece)
        x += width
        at = until
    painter.setFont(font)
