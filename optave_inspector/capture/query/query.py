"""A query that was read, ready to judge entries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .condition import Cost
from .judged import Judged
from .local_time import LocalTime
from .nodes import And, Leaf, Node, Not, Or
from .sql import Bounds, Context, Parameter

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..entry import Entry

NOTHING_MARKED: frozenset[int] = frozenset()


class Query:
    """What :func:`~.parse.parse` gives. Queries are equal that are written alike in their normal form.

    ``str(query)`` is that form: keys in full and small, ``and`` left out, ``not`` as a minus sign, quotes and
    parentheses only where they are needed.
    """

    __slots__ = ("node",)

    def __init__(self, node: Node) -> None:
        self.node = node

    def __str__(self) -> str:
        return _text(self.node)

    def __repr__(self) -> str:
        return f"parse({str(self)!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Query) and self.node == other.node

    def __hash__(self) -> int:
        return hash(self.node)

    @property
    def is_empty(self) -> bool:
        """Whether it has no terms, so that every entry matches."""
        return self.node == And(())

    def sql(self, bookmarked: frozenset[int] = NOTHING_MARKED, around_ns: int = 0) -> tuple[str, tuple[Parameter, ...]]:
        """The condition on the columns of ``entries AS e``, with the values of its question marks.

        Every entry that matches fulfils it; others may do so as well, since it knows nothing of payloads, of local
        time more than a year from ``around_ns``, and of odd characters: ask :meth:`matches` to be sure.
        """
        maybe = self.bounds(Context(LocalTime(around_ns), bookmarked, payloads=False)).maybe
        return maybe.text, maybe.parameters

    @property
    def needs_payload(self) -> bool:
        """Whether the verdict depends on payloads, too."""
        return any(leaf.cost >= Cost.PAYLOAD for leaf in self.node.leaves())

    def matches(
        self, entry: Entry, payload_loader: Callable[[], bytes], bookmarked: frozenset[int] = NOTHING_MARKED
    ) -> bool:
        """The verdict on one entry, the same as :func:`~.search.numbers_matching` gives.

        ``payload_loader`` gives its whole payload, and is called at most once, when the fields do not decide.
        """
        return self.node.holds(Judged.live(entry, payload_loader, bookmarked))

    def bounds(self, context: Context) -> Bounds:
        """What SQLite can say."""
        return self.node.bounds(context)

    def undecided(self, context: Context) -> Node:
        """What remains to be judged for an entry that SQLite takes for possible."""
        if not isinstance(self.node, And):
            return self.node
        left = [part for part in self.node.nodes if not part.bounds(context).exact]
        return left[0] if len(left) == 1 else And(tuple(left))


def _text(node: Node) -> str:
    if isinstance(node, Leaf):
        return node.text
    if isinstance(node, Not):
        return f"-{_text(node.node)}" if isinstance(node.node, Leaf | Not) else f"-({_text(node.node)})"
    if isinstance(node, Or):
        return " or ".join(map(_text, node.nodes))
    return " ".join(f"({_text(part)})" if isinstance(part, Or) else _text(part) for part in node.nodes)
