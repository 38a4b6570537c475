"""Where to look for the exchange of an answer: by correlation ID, or by action and order."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .exchange_list import ExchangeList


@dataclass(slots=True)
class _Reused:
    """The exchanges of a correlation ID that was used more than once."""

    newest: int
    newest_of: dict[int, int] = field(default_factory=dict)
    """By attempt."""
    open_of: dict[int, list[int]] = field(default_factory=dict)
    """By attempt, oldest first. Ended ones are taken out when they come up."""

    def add(self, attempt: int, number: int) -> None:
        self.newest = number
        self.newest_of[attempt] = number
        self.open_of.setdefault(attempt, []).append(number)

    def find(self, attempt: int, is_open: Callable[[int], bool]) -> int:
        found = self._newest_open(attempt, is_open)
        while not found and self.open_of:
            found = self._newest_open(next(reversed(self.open_of)), is_open)
        return found or self.newest_of.get(attempt, self.newest)

    def _newest_open(self, attempt: int, is_open: Callable[[int], bool]) -> int:
        numbers = self.open_of.get(attempt)
        if numbers is None:
            return 0
        while numbers:
            if is_open(numbers[-1]):
                return numbers[-1]
            numbers.pop()
        del self.open_of[attempt]
        return 0


Key = str | tuple[str, str]
"""A correlation ID that is a text, or the type and the text of another one."""


class CorrelationIds:
    """Exchange numbers by correlation ID; each look-up costs the same however many there are.

    A key is the ID where it is a text, and its type with its text where it is none: ``7`` and ``"7"`` are two IDs.
    Texts are kept as their hashes, as the exchanges have them anyway: what is found is compared with the exchange's.
    """

    def __init__(self, exchanges: ExchangeList) -> None:
        self._exchanges = exchanges
        self._hashed: dict[int, int] = {}
        self._exact: dict[Key, int | _Reused] = {}
        """Of IDs that are no texts, and of texts whose hash another one has."""
        self._folded: dict[int, int] = {}
        """Exchanges whose ID has capital letters, by the hash of its case-folded form."""
        self._typed: dict[str, tuple[str, str]] = {}
        """The keys of IDs that are no texts, by their text."""

    def add(self, key: Key, attempt: int, number: int) -> int:
        """Add an exchange; the number of the newest one with the same ID before it, else 0."""
        before = self._get(key)
        if before is None:
            if isinstance(key, str):
                if (digest := hash(key)) in self._hashed:
                    self._exact[key] = number
                else:
                    self._hashed[digest] = number
                if (folded := key.casefold()) != key:
                    self._folded[hash(folded)] = number
            else:
                self._exact[key] = number
                self._typed[key[1]] = key
            return 0
        if isinstance(before, int):
            reused = _Reused(before)
            reused.add(self._exchanges[before - 1].attempt, before)
            self._exact[key] = reused
            reused.add(attempt, number)
            return before
        newest = before.newest
        before.add(attempt, number)
        return newest

    def find(self, key: Key, attempt: int) -> int:
        """The exchange that an answer on ``attempt`` belongs to; 0 for none.

        An open one before an ended one, then one of the same attempt before others, then the newest.
        """
        found = self._get(key)
        if found is None:
            return 0
        return found if isinstance(found, int) else found.find(attempt, self._exchanges.is_open)

    def same_but_type(self, key: Key) -> tuple[str, str] | None:
        """The type and text of a known ID with the same text and another type; None for none."""
        if not isinstance(key, str):
            return None if self._get(key[1]) is None else ("text", key[1])
        return self._typed.get(key)

    def same_but_case(self, key: Key) -> str:
        """A known ID that differs from this one in case only; empty for none."""
        if not isinstance(key, str):
            return ""
        folded = key.casefold()
        if folded != key and self._get(folded) is not None:
            return folded
        number = self._folded.get(hash(folded), 0)
        similar = self._exchanges[number - 1].correlation_id if number else ""
        return similar if similar != key and similar.casefold() == folded else ""

    def _get(self, key: Key) -> int | _Reused | None:
        if self._exact and (exact := self._exact.get(key)) is not None:
            return exact
        number = self._hashed.get(hash(key), 0) if isinstance(key, str) else 0
        return number if number and self._exchanges[number - 1].correlation_id == key else None


class Queues:
    """Open exchanges in the order of their requests, by attempt, and within it by action."""

    def __init__(self, is_open: Callable[[int], bool]) -> None:
        self._is_open = is_open
        self._by_attempt: dict[int, dict[str, deque[int]]] = {}

    def add(self, attempt: int, action: str, number: int) -> None:
        """Add the newest exchange."""
        queues = self._by_attempt.get(attempt)
        if queues is None:
            queues = self._by_attempt[attempt] = {}
        for name in ("", action.casefold()) if action else ("",):
            queue = queues.get(name)
            if queue is None:
                queue = queues[name] = deque()
            else:
                # Two for each that comes: so a queue stays short though nobody asks for its oldest.
                for _ in range(2):
                    if queue and not self._is_open(queue[0]):
                        queue.popleft()
            queue.append(number)

    def oldest(self, attempt: int, action: str = "") -> int:
        """The open exchange of ``action``, or for an empty one of any, that has waited longest; 0 for none."""
        queue = self._by_attempt.get(attempt, {}).get(action.casefold())
        while queue:
            if self._is_open(queue[0]):
                return queue[0]
            queue.popleft()
        return 0

    def drop(self, attempt: int) -> Iterator[int]:
        """Take out what is open in ``attempt``."""
        queues = self._by_attempt.pop(attempt, {})
        return filter(self._is_open, queues.get("", ()))
