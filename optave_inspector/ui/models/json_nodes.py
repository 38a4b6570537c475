"""The nodes of a JSON value as a tree shows them: made when they come into view, long arrays and objects in spans."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from ...protocol.verdict import json_path

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

SPAN = 1_000
"""At most so many children stand below one node; more are put into spans, as a tree view lays out all at once."""

Step = str | int


class _Alone(list[Any]):
    """The root above a value that is neither array nor object."""


class Node:
    """A member of an object, an item of an array, or a span of either."""

    __slots__ = ("children", "id", "parent", "row", "start", "step", "stop", "value")

    def __init__(self, parent: Node | None, row: int, step: Step | None, value: Any, start: int, stop: int) -> None:
        self.parent = parent
        self.row = row
        self.step = step
        """Property name or array index; None for a span, for the root, and for a value that stands alone."""
        self.value = value
        """The JSON value; of a span, the array or object that it is part of."""
        self.start = start
        self.stop = stop
        """Children from ``start`` on and before ``stop``, by their place in the value."""
        self.children: list[Node] | None = None
        self.id = 0

    @property
    def is_span(self) -> bool:
        """Whether this is a part of its parent's children rather than a value of its own."""
        return self.step is None and self.parent is not None and self.stop > self.start

    @property
    def count(self) -> int:
        """Nodes right below."""
        return -(-(self.stop - self.start) // self.width)

    @property
    def width(self) -> int:
        """How many of the value's children one node right below stands for."""
        width = 1
        while self.stop - self.start > SPAN * width:
            width *= SPAN
        return width

    def path(self) -> list[Step]:
        """Steps from the root."""
        steps: list[Step] = []
        node: Node | None = self
        while node is not None:
            if node.step is not None:
                steps.append(node.step)
            node = node.parent
        return steps[::-1]

    def json_path(self) -> str:
        """The JSON path (RFC 9535) of the value."""
        return json_path(self.path())


def root_of(value: Any) -> Node:
    """The root above the rows. An array or object is the root itself; any other value is the one row below it."""
    if isinstance(value, (dict, list)):
        return Node(None, 0, None, value, 0, len(value))
    return Node(None, 0, None, _Alone([value]), 0, 1)


def is_alone(root: Node) -> bool:
    """Whether the tree has one row, for a value that is neither array nor object."""
    return isinstance(root.value, _Alone)


def children_of(node: Node, register: Callable[[Node], None]) -> list[Node]:
    """The nodes right below, made on the first call; ``register`` is given each new one."""
    if node.children is None:
        node.children = list(_make_children(node))
        for child in node.children:
            register(child)
    return node.children


def descend(root: Node, steps: Sequence[Step], register: Callable[[Node], None]) -> Node | None:
    """The node at the end of ``steps``, its ancestors made on the way; None when the value has no such place."""
    node = root
    for step in steps:
        place = _place(node.value, step)
        if place is None:
            return None
        while True:
            width = node.width
            node = children_of(node, register)[(place - node.start) // width]
            if width == 1:
                break
    return node


def _make_children(node: Node):
    width = node.width
    if width > 1:
        for row, start in enumerate(range(node.start, node.stop, width)):
            yield Node(node, row, None, node.value, start, min(start + width, node.stop))
    elif isinstance(node.value, dict):
        for row, (key, value) in enumerate(islice(node.value.items(), node.start, node.stop)):
            yield Node(node, row, key, value, 0, _size(value))
    elif isinstance(node.value, list):
        for row in range(node.stop - node.start):
            value = node.value[node.start + row]
            step = None if isinstance(node.value, _Alone) else node.start + row
            yield Node(node, row, step, value, 0, _size(value))


def _size(value: Any) -> int:
    return len(value) if isinstance(value, (dict, list)) else 0


def _place(value: Any, step: Step) -> int | None:
    if isinstance(value, list):
        return step if isinstance(step, int) and 0 <= step < len(value) else None
    if isinstance(value, dict) and isinstance(step, str) and step in value:
        return next(place for place, key in enumerate(value) if key == step)
    return None
