"""What could stand at the cursor of the filter line, in a list below it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTreeWidget, QTreeWidgetItem, QVBoxLayout

from ...capture.query import Completion, KnownValues, complete
from ..theme import mono_font

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from .filter_edit import FilterEdit

_ROWS = 9
_WIDTH = 620
_MOST_OF_KEYS = 0.6
_MARGIN = 8
_OPERATORS = ":=<>"
_AWAY = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End)


class FilterCompletion(QObject):
    """Proposes while one types, and on Ctrl+Space.

    Down and Up go through the list and Tab takes a proposal, the first one unless another was gone to. Enter takes only
    what was gone to: else it filters, as if there were no list. Esc closes the list. The line keeps the focus.
    """

    def __init__(self, prefix: str, edit: FilterEdit, known: Callable[[], KnownValues], home: QWidget) -> None:
        super().__init__(edit)
        self._edit = edit
        self._known = known
        self._offered: list[Completion] = []
        # No window of its own: it would take the focus, and on some systems the keys as well.
        self.frame = QFrame(home)
        self.frame.setObjectName(f"{prefix}Completion")
        self.frame.setProperty("card", True)
        self.list = QTreeWidget()
        self.list.setObjectName(f"{prefix}CompletionList")
        self.list.setAccessibleName("Proposals for the filter")
        self.list.setAccessibleDescription("Down and Up choose, Tab takes, Esc closes")
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setColumnCount(2)
        self.list.setHeaderHidden(True)
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.list.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Interactive)
        self.list.header().setStretchLastSection(True)
        self.list.itemClicked.connect(self._take)
        layout = QVBoxLayout(self.frame)
        layout.setContentsMargins(3, 3, 3, 3)
        layout.addWidget(self.list)
        self.frame.hide()
        # The frame belongs to the window, which may take it away before the line, whose last events still come here.
        self.frame.destroyed.connect(self._forget_edit)
        edit.textEdited.connect(lambda: self.offer(asked=False))
        edit.installEventFilter(self)

    @property
    def is_open(self) -> bool:
        """Whether proposals are on show."""
        return not self.frame.isHidden()

    def offer(self, *, asked: bool = True) -> None:
        """Show what could stand at the cursor; unless ``asked`` only where a term was begun."""
        text, cursor = self._edit.text(), self._edit.code_points_before_cursor()
        self._offered = complete(text, cursor, self._known())
        first = self._offered[0] if self._offered else None
        begun = first is not None and (first.start < cursor or text[first.start - 1 : first.start] in tuple(_OPERATORS))
        finished = len(self._offered) == 1 and first is not None and first.insert == text[first.start : first.end]
        if first is None or finished or not (begun or asked):
            self.close()
            return
        self.list.clear()
        for one in self._offered:
            item = QTreeWidgetItem([one.insert, one.detail])
            item.setFont(0, mono_font())
            item.setToolTip(1, one.detail)
            self.list.addTopLevelItem(item)
        self.list.setCurrentItem(None)
        self._place()

    def close(self) -> None:
        """Take the list away."""
        self.frame.hide()

    def _forget_edit(self) -> None:
        self._edit.removeEventFilter(self)

    def eventFilter(self, watched, event) -> bool:
        kind = event.type()
        if kind in (QEvent.Type.FocusOut, QEvent.Type.Hide):
            self.close()
        elif kind == QEvent.Type.KeyPress:
            return self._on_key(event.key(), event.modifiers())
        return super().eventFilter(watched, event)

    def _on_key(self, key: int, modifiers: Qt.KeyboardModifier) -> bool:
        """Whether the list takes the key."""
        if key == Qt.Key.Key_Space and modifiers == Qt.KeyboardModifier.ControlModifier:
            self.offer()
            return True
        if not self.is_open:
            return False
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self._go(1 if key == Qt.Key.Key_Down else -1)
        elif key == Qt.Key.Key_Tab and modifiers == Qt.KeyboardModifier.NoModifier:
            self._take(self.list.currentItem() or self.list.topLevelItem(0))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.list.currentItem() is not None:
            self._take(self.list.currentItem())
        elif key == Qt.Key.Key_Escape:
            self.close()
        else:
            if key in (*_AWAY, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Backtab):
                self.close()
            return False
        return True

    def _go(self, by: int) -> None:
        count = self.list.topLevelItemCount()
        current = self.list.currentItem()
        row = self.list.indexOfTopLevelItem(current) + by if current is not None else (0 if by > 0 else count - 1)
        self.list.setCurrentItem(self.list.topLevelItem(row % count))

    def _take(self, item: QTreeWidgetItem | None) -> None:
        if item is None:
            return
        chosen = self._offered[self.list.indexOfTopLevelItem(item)]
        text = self._edit.text()
        whole = chosen.insert[-1:] not in tuple(_OPERATORS)
        added = chosen.insert + (" " if whole and chosen.end >= len(text) else "")
        start, end = (len(text[:place].encode("utf-16-le")) // 2 for place in (chosen.start, chosen.end))
        self.close()
        self._edit.setSelection(start, end - start)
        self._edit.insert(added)

    def _place(self) -> None:
        window, edit = self._edit.window(), self._edit
        if self.frame.parentWidget() is not window:
            self.frame.setParent(window)
        width = min(_WIDTH, window.width() - 2 * _MARGIN)
        self.list.setColumnWidth(0, min(self.list.sizeHintForColumn(0) + 12, round(width * _MOST_OF_KEYS)))
        row = max(self.list.sizeHintForRow(0), 1)
        frame = 2 * (3 + self.frame.frameWidth()) + 4
        below = edit.mapTo(window, QPoint(0, edit.height() + 2))
        room_below, room_above = window.height() - below.y() - _MARGIN, below.y() - edit.height() - 4
        wanted = min(len(self._offered), _ROWS) * row + frame
        height = min(wanted, max(room_below, room_above))
        top = below.y() if height <= room_below else below.y() - edit.height() - 4 - height
        left = max(_MARGIN, min(below.x(), window.width() - width - _MARGIN))
        self.frame.setGeometry(left, top, width, height)
        self.frame.show()
        self.frame.raise_()
