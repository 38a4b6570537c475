"""What could stand at the cursor of a JSON editor, in a list below it, with what it means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QTextCursor
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QToolTip,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
)

from ..theme import mono_font
from .form import words
from .json_editor_text import from_units, insert_exactly, keepable, many_to_units

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtGui import QHelpEvent

    from ...compose.completion import Proposal
    from .json_editor import JsonEditor

_PAUSE_MS = 60
"""So long after a key proposals are made: they read the text up to the cursor, and no key waits for that."""
_ROWS = 8
_WIDTH = 520
_MOST_OF_LABELS = 0.55
_MARGIN = 8
_AWAY = (
    Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown,
    Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Backtab,
)  # fmt: skip


class JsonCompletion(QObject):
    """Proposes while one types and on Ctrl+Space, and says what a key means where the mouse rests on it.

    Down and Up go through the list and Tab takes a proposal, the first one unless another was gone to. Enter takes only
    what was gone to: else it begins a line, as if there were no list. Esc closes the list. The editor keeps the focus.
    ``propose`` and ``explain`` get the text and a place in code points.
    """

    def __init__(
        self,
        editor: JsonEditor,
        propose: Callable[[str, int], Sequence[Proposal]],
        explain: Callable[[str, int], str],
    ) -> None:
        super().__init__(editor)
        self._editor = editor
        self._propose = propose
        self._explain = explain
        self._offered: Sequence[Proposal] = ()
        self._typed = False
        # No window of its own: it would take the focus, and on some systems the keys as well.
        self.frame = QFrame(editor)
        self.frame.setObjectName(f"{editor.objectName()}Completion")
        self.frame.setProperty("card", True)
        self.list = QTreeWidget()
        self.list.setObjectName(f"{editor.objectName()}CompletionList")
        self.list.setAccessibleName("Proposals for the text")
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
        self.list.currentItemChanged.connect(lambda _new, _old: self._show_help())
        self._help = words(f"{editor.objectName()}CompletionHelp")
        self._help.setContentsMargins(6, 2, 6, 4)
        layout = QVBoxLayout(self.frame)
        layout.setContentsMargins(3, 3, 3, 3)
        layout.setSpacing(2)
        layout.addWidget(self.list, 1)
        layout.addWidget(self._help)
        self.frame.hide()
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(lambda: self.offer(asked=False))
        # The frame belongs to the window, which may take it away before the editor, whose last events still come here.
        self.frame.destroyed.connect(self._forget_editor)
        editor.edited.connect(self._on_edited)
        editor.installEventFilter(self)
        editor.viewport().installEventFilter(self)
        editor.actions_of.add("Complete", "&Complete", ("Ctrl+Space",), self.offer)

    @property
    def is_open(self) -> bool:
        """Whether proposals are on show."""
        return not self.frame.isHidden()

    def offer(self, *, asked: bool = True) -> None:
        """Show what could stand at the cursor; unless ``asked`` only where something was begun."""
        self._pause.stop()
        editor = self._editor
        if editor.isReadOnly() or editor.textCursor().hasSelection():
            self.close()
            return
        text, cursor = editor.text(), editor.cursor_offset()
        self._offered = self._propose(text, cursor)
        first = self._offered[0] if self._offered else None
        finished = len(self._offered) == 1 and first is not None and first.insert == text[first.start : first.end]
        if first is None or finished or not (asked or first.start < cursor):
            self.close()
            return
        self.list.clear()
        for one in self._offered:
            item = QTreeWidgetItem([one.label, one.detail])
            item.setFont(0, mono_font())
            item.setToolTip(1, one.detail)
            self.list.addTopLevelItem(item)
        self.list.setCurrentItem(None)
        self._show_help()
        self._place()

    def offer_again(self) -> None:
        """Something more is known: show it, if a list is on show."""
        if self.is_open and self.list.currentItem() is None:
            self.offer()

    def close(self) -> None:
        """Take the list away."""
        self._pause.stop()
        self.frame.hide()

    def eventFilter(self, watched, event) -> bool:
        kind = event.type()
        if watched is not self._editor:
            return self._on_viewport(event)
        if kind in (QEvent.Type.FocusOut, QEvent.Type.Hide):
            self.close()
        elif kind == QEvent.Type.KeyPress:
            return self._on_key(event)
        return super().eventFilter(watched, event)

    def _on_viewport(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.MouseButtonPress, QEvent.Type.Wheel):
            self.close()
        elif event.type() == QEvent.Type.ToolTip:
            self._on_hover(event)
            return True
        return False

    def _on_hover(self, event: QHelpEvent) -> None:
        """Say what the key or value below the mouse means."""
        editor = self._editor
        place = editor.cursorForPosition(event.pos())
        beside = editor.cursorRect(place).center() - event.pos()
        explained = ""
        if (
            abs(beside.x()) <= editor.fontMetrics().averageCharWidth() * 2
            and abs(beside.y()) <= editor.fontMetrics().height()
        ):
            text = editor.text()
            explained = self._explain(text, from_units(text, place.position()))
        if explained:
            QToolTip.showText(event.globalPos(), explained, editor.viewport())
        else:
            QToolTip.hideText()

    def _on_key(self, event: QKeyEvent) -> bool:
        """Whether the list takes the key."""
        key, modifiers = event.key(), event.modifiers()
        self._typed = (bool(event.text()) and event.text().isprintable()) or (
            key == Qt.Key.Key_Backspace and self.is_open
        )
        QTimer.singleShot(0, self, self._forget_typed)  # one key may make several changes, all of them at once
        if not self.is_open:
            return False
        plain = modifiers == Qt.KeyboardModifier.NoModifier
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up) and plain:
            self._go(1 if key == Qt.Key.Key_Down else -1)
        elif key == Qt.Key.Key_Tab and plain:
            self._take(self.list.currentItem() or self.list.topLevelItem(0))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and plain and self.list.currentItem() is not None:
            self._take(self.list.currentItem())
        elif key == Qt.Key.Key_Escape:
            self.close()
        else:
            if key in _AWAY:
                self.close()
            return False
        return True

    def _on_edited(self) -> None:
        if self._typed and self._editor.hasFocus():
            self._pause.start()
        else:
            self.close()

    def _go(self, by: int) -> None:
        count = self.list.topLevelItemCount()
        current = self.list.currentItem()
        row = self.list.indexOfTopLevelItem(current) + by if current is not None else (0 if by > 0 else count - 1)
        self.list.setCurrentItem(self.list.topLevelItem(row % count))

    def _show_help(self) -> None:
        """What the proposal gone to means, or the first one."""
        row = max(self.list.indexOfTopLevelItem(self.list.currentItem()), 0) if self.list.currentItem() else 0
        self._help.setText(self._offered[row].help if row < len(self._offered) else "")

    def _take(self, item: QTreeWidgetItem | None) -> None:
        if item is None:
            return
        chosen = self._offered[self.list.indexOfTopLevelItem(item)]
        self.close()
        editor = self._editor
        units = many_to_units(editor.text(), (chosen.start, chosen.end))
        cursor = QTextCursor(editor.document())
        cursor.setPosition(units[chosen.start])
        cursor.setPosition(units[chosen.end], QTextCursor.MoveMode.KeepAnchor)
        insert_exactly(cursor, keepable(chosen.insert)[0])
        back = len(chosen.insert) - chosen.caret
        cursor.movePosition(QTextCursor.MoveOperation.PreviousCharacter, QTextCursor.MoveMode.MoveAnchor, back)
        editor.setTextCursor(cursor)
        editor.ensureCursorVisible()
        if back and chosen.insert[chosen.caret] in '"}]':
            editor.pairs.adopt(cursor)
            self._pause.start()

    def _place(self) -> None:
        window, editor = self._editor.window(), self._editor
        if self.frame.parentWidget() is not window:
            self.frame.setParent(window)
        width = min(_WIDTH, window.width() - 2 * _MARGIN)
        self.list.setColumnWidth(0, min(self.list.sizeHintForColumn(0) + 12, round(width * _MOST_OF_LABELS)))
        self._help.setFixedWidth(width - 8)
        row = max(self.list.sizeHintForRow(0), 1)
        wanted = min(len(self._offered), _ROWS) * row + 6 + self._help.heightForWidth(width - 8) + 12
        cursor = editor.cursorRect()
        below = editor.viewport().mapTo(window, QPoint(cursor.left(), cursor.bottom() + 3))
        above = below.y() - cursor.height() - 6
        room_below, room_above = window.height() - below.y() - _MARGIN, above - _MARGIN
        height = min(wanted, max(room_below, room_above))
        top = below.y() if height <= room_below else above - height
        left = max(_MARGIN, min(below.x(), window.width() - width - _MARGIN))
        self.frame.setGeometry(left, top, width, height)
        self.frame.show()
        self.frame.raise_()

    def _forget_typed(self) -> None:
        self._typed = False

    def _forget_editor(self) -> None:
        self._editor.removeEventFilter(self)
        self._editor.viewport().removeEventFilter(self)
