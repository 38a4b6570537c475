"""A JSON value as a tree, with search, copying and opening by levels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QModelIndex, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QLabel, QMenu, QTreeView, QVBoxLayout, QWidget

from ...capture.query import term_at
from ..delegates.json_value import JsonDelegate
from ..models.json_text import plain_text, subtree_text
from ..models.json_tree import FIELD, JsonTreeModel
from .json_tree_view_search import JsonSearchBar
from .look import set_look

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..models.json_nodes import Node, Step

_OPEN_AT_FIRST = 60
"""Rows that are opened when a value is shown: what fits a screen."""
_MOST_OPENED = 2_000
_FIELD_SHARE = 0.55


class _Tree(QTreeView):
    """Without Qt's asterisk key, which opens all there is, however much."""

    openAllAsked = Signal()

    def keyPressEvent(self, event) -> None:
        if event.key() == Qt.Key.Key_Asterisk:
            self.openAllAsked.emit()
        else:
            super().keyPressEvent(event)


class JsonTreeView(QWidget):
    """Shows one value; :meth:`show_value` keeps the current field where the next value has it, too.

    Reading, and saying that something cannot be read, is up to the owner.
    """

    termAsked = Signal(str, bool)
    """The log is to show what has this value at this place, as a term of its query language; or, if true, the rest."""

    def __init__(self, object_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(object_name)
        self.model = JsonTreeModel(self)
        self.tree = _Tree()
        self.tree.openAllAsked.connect(self.open_below)
        self.tree.setObjectName(f"{object_name}View")
        self.tree.setAccessibleName("Message as a tree")
        self.tree.setModel(self.model)
        self._delegate = JsonDelegate(self.tree, self.model)
        self.tree.setItemDelegate(self._delegate)
        self.tree.setUniformRowHeights(True)
        self.tree.setAllColumnsShowFocus(True)
        self.tree.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.tree.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.tree.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.tree.setIndentation(14)
        header = self.tree.header()
        header.setObjectName(f"{object_name}Header")
        header.setStretchLastSection(True)
        header.setSectionResizeMode(FIELD, QHeaderView.ResizeMode.Interactive)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.bar = JsonSearchBar(object_name)
        self.bar.wentTo.connect(self.go_to)
        self.bar.left.connect(lambda: self.tree.setFocus(Qt.FocusReason.TabFocusReason))
        self.note = QLabel()
        self.note.setObjectName(f"{object_name}Note")
        self.note.setProperty("role", "warning")
        self.note.setTextFormat(Qt.TextFormat.PlainText)
        self.note.setWordWrap(True)
        self.note.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 6, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.bar)
        layout.addWidget(self.note)
        layout.addWidget(self.tree, 1)
        self._sized_by_hand = False
        self._fitting = False
        self._fit = QTimer(self)
        self._fit.setSingleShot(True)
        self._fit.setInterval(0)
        self._fit.timeout.connect(self._fit_fields)
        header.sectionResized.connect(self._on_resized)
        self.tree.expanded.connect(lambda _index: self._fit.start())
        self._menu = QMenu(self)
        self._menu.setObjectName(f"{object_name}Menu")
        self._build_menu(object_name)
        self.tree.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.tree.customContextMenuRequested.connect(self._open_menu)

    def show_value(
        self, value: Any, note: str = "", *, harmless: bool = False, made_parts: Mapping[str, str] | None = None
    ) -> None:
        """Show ``value``; ``note`` is what a reader should know of it, ``harmless`` where nothing is wrong.

        ``made_parts`` names, by JSON path, what nobody typed.
        """
        node = self._current()
        kept = node.path() if node is not None else None
        self.model.show(value, made_parts)
        self.bar.set_value(value)
        self.say(note, harmless=harmless)
        self._open_first()
        if kept is not None:
            self.go_to(kept)
        self._fit.start()

    def clear(self) -> None:
        """Show nothing and let go of the value."""
        self.model.clear()
        self.bar.clear_value()
        self.say("")

    def say(self, note: str, *, harmless: bool = False) -> None:
        """Put a sentence above the tree; an empty one takes no room."""
        set_look(self.note, "role", "muted" if harmless else "warning")
        self.note.setText(note)
        self.note.setVisible(bool(note))

    def go_to(self, steps: list[Step] | tuple[Step, ...]) -> bool:
        """Make the value at ``steps`` the current row and open what is above it; false when there is none."""
        index = self.model.index_of(steps)
        if not index.isValid():
            return False
        self.tree.setCurrentIndex(index)
        self.tree.scrollTo(index)
        return True

    def copy_value(self) -> None:
        """The current value: of a string, its text; of anything else, its JSON."""
        self._copy(lambda node: plain_text(node.value))

    def copy_path(self) -> None:
        """The JSON path of the current row."""
        self._copy(lambda node: node.json_path())

    def copy_subtree(self) -> None:
        """The current value as indented JSON."""
        self._copy(lambda node: subtree_text(node.value))

    def open_below(self) -> None:
        """Open all that is below the current row, as far as a view can take it."""
        start = self.tree.currentIndex().siblingAtColumn(FIELD)
        opened = self._open_breadth_first([start] if start.isValid() else self._top_rows(), _MOST_OPENED)
        if opened >= _MOST_OPENED:
            self.say(f"{_MOST_OPENED:,} rows were opened; open further ones one by one.")

    def open_level(self) -> None:
        """Open one more level below the current row, or of the whole value where there is none."""
        start = self.tree.currentIndex().siblingAtColumn(FIELD)
        level = [start] if start.isValid() else self._top_rows()
        opened = 0
        while level and not opened:
            below: list[QModelIndex] = []
            for index in level:
                if not self.model.rowCount(index):
                    continue
                if not self.tree.isExpanded(index):
                    if opened >= _MOST_OPENED:
                        self.say(f"{_MOST_OPENED:,} rows were opened; open further ones one by one.")
                        return
                    opened += self.model.rowCount(index)
                    self.tree.expand(index)
                below += [self.model.index(row, FIELD, index) for row in range(self.model.rowCount(index))]
            level = below

    def close_below(self) -> None:
        """Close the current row and all below it."""
        index = self.tree.currentIndex().siblingAtColumn(FIELD)
        if not index.isValid():
            self.tree.collapseAll()
            return
        self.tree.collapse(index)
        # Qt forgets what is open below a row only together with all others; children are closed when they exist.
        for row in range(min(self.model.rowCount(index), _MOST_OPENED)):
            self.tree.collapse(self.model.index(row, FIELD, index))

    def _build_menu(self, object_name: str) -> None:
        for name, text, shortcut, slot in (
            ("CopyValueAction", "Copy &value", "Ctrl+C", self.copy_value),
            ("CopyPathAction", "Copy &path", "Ctrl+Shift+C", self.copy_path),
            ("CopySubtreeAction", "Copy as &JSON", "", self.copy_subtree),
            ("", "", "", None),
            ("OpenLevelAction", "Open one &level more", "Ctrl+Right", self.open_level),
            ("OpenAllAction", "&Open all below", "", self.open_below),
            ("CloseAllAction", "&Close all below", "", self.close_below),
            ("", "", "", None),
            ("FilterAction", "F&ilter the log by this", "", lambda: self._ask_for_term(exclude=False)),
            ("ExcludeAction", "&Exclude this from the log", "", lambda: self._ask_for_term(exclude=True)),
            ("", "", "", None),
            ("FindAction", "&Find in this message", "Ctrl+Shift+F", self.bar.focus),
        ):
            if slot is None:
                self._menu.addSeparator()
                continue
            action = QAction(text, self)
            action.setObjectName(f"{object_name}{name}")
            action.triggered.connect(slot)
            if shortcut:
                action.setShortcut(QKeySequence(shortcut))
                action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            self._menu.addAction(action)
            (self if name == "FindAction" else self.tree).addAction(action)

    def _open_menu(self, at: QPoint) -> None:
        if self.model.rowCount():
            self._menu.popup(self.tree.viewport().mapToGlobal(at))

    def _ask_for_term(self, *, exclude: bool) -> None:
        node = self._current()
        if node is not None and not node.is_span and node.path():
            self.termAsked.emit(term_at(node.path(), node.value), exclude)

    def _current(self) -> Node | None:
        return self.model.node(self.tree.currentIndex())

    def _copy(self, text_of) -> None:
        node = self._current()
        if node is not None:
            QGuiApplication.clipboard().setText(text_of(node))

    def _top_rows(self) -> list[QModelIndex]:
        return [self.model.index(row, FIELD) for row in range(self.model.rowCount())]

    def _open_first(self) -> None:
        self._open_breadth_first(self._top_rows(), _OPEN_AT_FIRST)

    def _open_breadth_first(self, level: list[QModelIndex], most: int) -> int:
        """Open level by level, as long as no more than ``most`` rows come to light."""
        seen = len(level)
        while level:
            below: list[QModelIndex] = []
            for index in level:
                count = self.model.rowCount(index)
                if not count:
                    continue
                if seen + count > most:
                    return most
                seen += count
                self.tree.expand(index)
                below += [self.model.index(row, FIELD, index) for row in range(count)]
            level = below
        return seen

    def _fit_fields(self) -> None:
        if self._sized_by_hand or not self.model.rowCount():
            return
        wanted = self.tree.sizeHintForColumn(FIELD) + 8
        self._fitting = True
        self.tree.header().resizeSection(FIELD, min(wanted, int(self.tree.viewport().width() * _FIELD_SHARE)))
        self._fitting = False

    def _on_resized(self, section: int, _old: int, _new: int) -> None:
        if section == FIELD and not self._fitting:
            self._sized_by_hand = QGuiApplication.mouseButtons() != Qt.MouseButton.NoButton

    def resizeEvent(self, event) -> None:
        super().resizeEvent(event)
        self._fit.start()
