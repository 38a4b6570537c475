"""Which open exchange times out next."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class Deadlines:
    """A deadline for each number, which may move; the earliest is always at hand, whatever their count.

    A heap holds at least one entry for each number, never later than its deadline. An entry that turns out too early
    when it comes up is put back.
    """

    def __init__(self) -> None:
        self._deadlines: dict[int, int] = {}
        self._heap: list[tuple[int, int]] = []

    def set(self, number: int, deadline_ns: int) -> None:
        """Set or move a deadline."""
        before = self._deadlines.get(number)
        self._deadlines[number] = deadline_ns
        if before is None or deadline_ns < before:
            heapq.heappush(self._heap, (deadline_ns, number))

    def remove(self, number: int) -> None:
        """Forget a number; one without a deadline is fine."""
        if self._deadlines.pop(number, None) is None:
            return
        if not self._deadlines:
            self._deadlines = {}  # An emptied dictionary keeps the room of its best days.
        if len(self._heap) > 2 * len(self._deadlines) + 64:
            self._heap = [(deadline_ns, left) for left, deadline_ns in self._deadlines.items()]
            heapq.heapify(self._heap)

    def next(self) -> int | None:
        """The earliest deadline; None when there is none."""
        heap = self._heap
        while heap:
            deadline_ns, number = heap[0]
            actual = self._deadlines.get(number)
            if actual == deadline_ns:
                return deadline_ns
            if actual is None or actual < deadline_ns:
                heapq.heappop(heap)
            else:
                heapq.heapreplace(heap, (actual, number))
        return None

    def may_be_due(self, now_ns: int) -> bool:
        """Whether :meth:`due` is worth asking; quick, and true too often rather than too rarely."""
        heap = self._heap
        return bool(heap) and heap[0][0] <= now_ns

    def due(self, now_ns: int) -> Iterator[tuple[int, int]]:
        """Take out the numbers whose time is up at ``now_ns``, each with its deadline, the earliest first."""
        while self.may_be_due(now_ns):
            earliest = self.next()
            if earliest is None or earliest > now_ns:
                return
            number = heapq.heappop(self._heap)[1]
            del self._deadlines[number]
            yield number, earliest
