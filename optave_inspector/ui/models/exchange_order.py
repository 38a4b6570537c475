"""Numbers in a sorted order that is kept while they come, go and change."""

from __future__ import annotations

import bisect
from array import array
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


class SortedNumbers:
    """Numbers by a key, of equal keys the greater number last; without a key by themselves."""

    def __init__(self, key: Callable[[int], Any] | None, numbers: Iterable[int] = ()) -> None:
        self._key = key
        self._numbers = array("I")
        self._pairs: list[tuple[Any, int]] = []
        self._keys: dict[int, Any] = {}
        if key is None:
            self._numbers = array("I", sorted(numbers))
        else:
            # Sorted by plain keys, where the order among equal ones stays: sorting pairs takes four times as long, and
            # sorting holds up all threads.
            self._keys = {number: key(number) for number in sorted(numbers)}
            order = sorted(self._keys, key=self._keys.__getitem__)
            self._pairs = [(self._keys[number], number) for number in order]

    def __len__(self) -> int:
        return len(self._numbers) if self._key is None else len(self._pairs)

    def __contains__(self, number: int) -> bool:
        return self.place(number) >= 0

    def at(self, place: int) -> int:
        """The number at a place."""
        return self._numbers[place] if self._key is None else self._pairs[place][1]

    def place(self, number: int) -> int:
        """Where a number stands; -1 when it is not here."""
        if self._key is None:
            place = bisect.bisect_left(self._numbers, number)
            return place if place < len(self._numbers) and self._numbers[place] == number else -1
        if number not in self._keys:
            return -1
        return bisect.bisect_left(self._pairs, (self._keys[number], number))

    def is_stale(self, number: int) -> bool:
        """Whether a number that is here would have to move: its key is another one now."""
        return self._key is not None and self._key(number) != self._keys[number]

    def add(self, number: int) -> None:
        """Take in a number that is not here yet."""
        if self._key is None:
            if not self._numbers or number > self._numbers[-1]:
                self._numbers.append(number)
            else:
                self._numbers.insert(bisect.bisect_left(self._numbers, number), number)
        else:
            key = self._keys[number] = self._key(number)
            bisect.insort(self._pairs, (key, number))

    def remove(self, number: int) -> None:
        """Give up a number that is here."""
        place = self.place(number)
        if self._key is None:
            del self._numbers[place]
        else:
            del self._pairs[place], self._keys[number]

    def refresh(self, number: int) -> None:
        """Put a number that is here to where its key says now."""
        if self.is_stale(number):
            self.remove(number)
            self.add(number)
