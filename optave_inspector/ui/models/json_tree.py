"""A JSON value as a tree of two columns, of which only what is opened is made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, Qt

from .json_nodes import Node, Step, children_of, descend, is_alone, root_of
from .json_text import tooltip, value_text

if TYPE_CHECKING:
    from collections.abc import Sequence

AnyIndex = QModelIndex | QPersistentModelIndex

FIELD, VALUE = 0, 1
_HEADERS = ("field", "value")
_NO_INDEX = QModelIndex()
_DISPLAY = Qt.ItemDataRole.DisplayRole


class JsonTreeModel(QAbstractItemModel):
    """Shows one value at a time, given by :meth:`show`. Read only; nodes are told from the view by :meth:`node`."""

    def __init__(self, parent: Any = None) -> None:
        super().__init__(parent)
        self._nodes: list[Node] = []
        self._root: Node | None = None

    def show(self, value: Any) -> None:
        """Show another value."""
        self.beginResetModel()
        self._nodes = []
        self._root = root_of(value)
        self._register(self._root)
        self.endResetModel()

    def clear(self) -> None:
        """Show nothing, and let go of the value."""
        self.beginResetModel()
        self._nodes = []
        self._root = None
        self.endResetModel()

    @property
    def made(self) -> int:
        """Nodes that exist so far."""
        return len(self._nodes)

    def node(self, index: AnyIndex) -> Node | None:
        """The node of a row; None for no row."""
        return self._nodes[index.internalId()] if index.isValid() else None

    def index_of(self, steps: Sequence[Step]) -> QModelIndex:
        """The row of the value at ``steps`` from the root, made where needed; an invalid index when there is none."""
        if self._root is None:
            return QModelIndex()
        if not steps:
            return self.index(0, FIELD) if is_alone(self._root) else QModelIndex()
        node = descend(self._root, steps, self._register)
        return QModelIndex() if node is None else self.createIndex(node.row, FIELD, node.id)

    def index(self, row: int, column: int, parent: AnyIndex = _NO_INDEX) -> QModelIndex:
        node = self._node_or_root(parent)
        if node is None or not 0 <= column < 2 or not 0 <= row < node.count:
            return QModelIndex()
        return self.createIndex(row, column, children_of(node, self._register)[row].id)

    def parent(self, index: AnyIndex = _NO_INDEX) -> QModelIndex:
        node = self.node(index)
        if node is None or node.parent is None or node.parent is self._root:
            return QModelIndex()
        return self.createIndex(node.parent.row, FIELD, node.parent.id)

    def rowCount(self, parent: AnyIndex = _NO_INDEX) -> int:
        if parent.isValid() and parent.column() != FIELD:
            return 0
        node = self._node_or_root(parent)
        return 0 if node is None else node.count

    def hasChildren(self, parent: AnyIndex = _NO_INDEX) -> bool:
        return self.rowCount(parent) > 0

    def columnCount(self, parent: AnyIndex = _NO_INDEX) -> int:
        return len(_HEADERS) if parent.column() <= FIELD else 0

    def data(self, index: AnyIndex, role: int = _DISPLAY) -> Any:
        if role not in (_DISPLAY, Qt.ItemDataRole.ToolTipRole):
            return None
        node = self.node(index)
        if node is None:
            return None
        if role == _DISPLAY:
            return _field_text(node) if index.column() == FIELD else _shown_value(node)
        return node.json_path() if index.column() == FIELD else tooltip(node.value)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _DISPLAY) -> Any:
        if role == _DISPLAY and orientation is Qt.Orientation.Horizontal and 0 <= section < 2:
            return _HEADERS[section]
        return None

    def _node_or_root(self, index: AnyIndex) -> Node | None:
        return self.node(index) if index.isValid() else self._root

    def _register(self, node: Node) -> None:
        node.id = len(self._nodes)
        self._nodes.append(node)


def _field_text(node: Node) -> str:
    if node.is_span:
        return f"{node.start:,} … {node.stop - 1:,}"
    if node.step is None:
        return "(value)"
    return str(node.step) if node.step != "" else '""'


def _shown_value(node: Node) -> str:
    return "" if node.is_span else value_text(node.value)
