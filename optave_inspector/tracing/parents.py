"""Whose answer a request works on: chains of ``parentId``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .exchange import Exchange


class Parents:
    """Finds the parent of each exchange among those before it, at the same cost however many there are.

    ``parentId`` names an earlier request. By which of its IDs is not documented, so the correlation ID, the request ID
    and the trace ID are looked up, in this order.
    """

    def __init__(self) -> None:
        self._by_id: tuple[dict[str, int], dict[str, int], dict[str, int]] = ({}, {}, {})
        self._parent: dict[int, int] = {}
        self._root: dict[int, str] = {}
        """The root's key, of exchanges that have a parent or are one."""

    def add(self, exchange: Exchange) -> str:
        """Take in an exchange, after those before it; the key of its chain, which is the ID of the first request.

        A parent that is not in the capture begins a chain of its own. Empty for a request without an ID and a parent.
        """
        number, parent_id = exchange.number, exchange.parent_id
        own = exchange.correlation_id or exchange.request_id
        root = own
        if parent_id and parent_id not in (exchange.correlation_id, exchange.request_id):
            root = parent_id
            for by_id in self._by_id:
                parent = by_id.get(parent_id)
                if parent is not None:
                    self._parent[number] = parent
                    root = self._root[parent]
                    break
        self._root[number] = root
        for by_id, each in zip(
            self._by_id, (exchange.correlation_id, exchange.request_id, exchange.trace_id), strict=True
        ):
            if each:
                by_id[each] = number
        return root

    def parent(self, number: int) -> int:
        """The exchange whose answer this one works on; 0 for none, or one that is not in the capture."""
        return self._parent.get(number, 0)

    def chain(self, number: int) -> list[int]:
        """From the first request to this one, each working on the answer of the one before."""
        chain = [number]
        while parent := self._parent.get(chain[-1], 0):
            chain.append(parent)
        return chain[::-1]


def adjusted_answer(parent: Exchange, child: Exchange) -> int:
    """The entry of the answer that ``child`` works on: the parent's last one before it was sent; 0 for none."""
    return next(
        (
            entry
            for entry, arrived_ns in zip(reversed(parent.answers), reversed(parent.update_ns), strict=True)
            if arrived_ns <= child.sent_ns
        ),
        0,
    )
