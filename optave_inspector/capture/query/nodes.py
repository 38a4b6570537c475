"""A query as a tree."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .condition import Condition, Cost
from .sql import Bounds, Context, all_of, any_of, none_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .judged import Judged


@dataclass(frozen=True, slots=True)
class Leaf:
    """One term. Terms are equal that are written alike."""

    text: str
    """As a query writes it, in its normal form."""
    condition: Condition = field(compare=False, repr=False)
    """What it asks for."""

    @property
    def cost(self) -> Cost:
        """What it takes to judge it."""
        return self.condition.cost

    def leaves(self) -> Iterator[Leaf]:
        """Itself."""
        yield self

    def bounds(self, context: Context) -> Bounds:
        """What SQLite can say."""
        return self.condition.bounds(context)

    def holds(self, judged: Judged) -> bool:
        """The verdict."""
        return self.condition.holds(judged)


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite."""

    node: Node

    @property
    def cost(self) -> Cost:
        """What it takes to judge it."""
        return self.node.cost

    def leaves(self) -> Iterator[Leaf]:
        """All terms below."""
        return self.node.leaves()

    def bounds(self, context: Context) -> Bounds:
        """What is not even possible is surely not so."""
        sure, maybe = self.node.bounds(context)
        return Bounds(none_of(maybe), none_of(sure))

    def holds(self, judged: Judged) -> bool:
        """The verdict."""
        return not self.node.holds(judged)


class _Several:
    """Nodes joined by one word."""

    __slots__ = ("by_cost", "cost", "nodes")

    def __init__(self, nodes: tuple[Node, ...]) -> None:
        self.nodes = nodes
        """As written."""
        self.by_cost = sorted(nodes, key=_cost)
        self.cost = max(map(_cost, nodes), default=Cost.NUMBER)
        """What it takes to judge the dearest."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Several) and type(self) is type(other) and self.nodes == other.nodes

    def __hash__(self) -> int:
        return hash((type(self).__name__, self.nodes))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.nodes!r})"

    def leaves(self) -> Iterator[Leaf]:
        """All terms below."""
        for node in self.nodes:
            yield from node.leaves()


class And(_Several):
    """All of the nodes; of none it is true."""

    def bounds(self, context: Context) -> Bounds:
        """Both sides by themselves."""
        bounds = [node.bounds(context) for node in self.by_cost]
        return Bounds(all_of(one.sure for one in bounds), all_of(one.maybe for one in bounds))

    def holds(self, judged: Judged) -> bool:
        """The verdict."""
        return all(node.holds(judged) for node in self.by_cost)


class Or(_Several):
    """Any of the nodes."""

    def bounds(self, context: Context) -> Bounds:
        """Both sides by themselves."""
        bounds = [node.bounds(context) for node in self.by_cost]
        return Bounds(any_of(one.sure for one in bounds), any_of(one.maybe for one in bounds))

    def holds(self, judged: Judged) -> bool:
        """The verdict."""
        return any(node.holds(judged) for node in self.by_cost)


def _cost(node: Node) -> Cost:
    return node.cost


Node = Leaf | Not | And | Or
