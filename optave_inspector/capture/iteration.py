"""Going through a capture's entries with their payloads, in bounded memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .progress import Stopped

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .entry import Entry
    from .inserts import Stored
    from .progress import Progress, Stop
    from .store import CaptureStore

_ENTRIES_AT_ONCE = 500
_BYTES_AT_ONCE = 8 * 1024 * 1024


def selection(store: CaptureStore, numbers: Sequence[int] | None) -> Sequence[int]:
    """The numbers to go through, ascending and each once: all that are stored now for None.

    Raises KeyError for a number that is not stored.
    """
    count = store.count
    if numbers is None:
        return range(1, count + 1)
    ascending = numbers if isinstance(numbers, range) and numbers.step > 0 else sorted(set(numbers))
    if ascending and not (ascending[0] >= 1 and ascending[-1] <= count):
        raise KeyError(ascending[0] if ascending[0] < 1 else ascending[-1])
    return ascending


def stored(store: CaptureStore, numbers: Sequence[int], progress: Progress, stop: Stop) -> Iterator[Stored]:
    """Each entry of ``numbers`` (see :func:`selection`) with its payload.

    Holds some megabytes of payloads at a time, or one payload if that is larger. Raises ``Stopped`` when asked to stop,
    and StoreError.
    """
    total = len(numbers)
    progress(0, total)
    for start in range(0, total, _ENTRIES_AT_ONCE):
        some = numbers[start : start + _ENTRIES_AT_ONCE]
        for entries in _by_size(store.entries(some)):
            if stop():
                raise Stopped
            yield from zip(entries, store.payloads([entry.number for entry in entries]), strict=True)
        progress(start + len(some), total)
    if stop():
        raise Stopped


def _by_size(entries: list[Entry]) -> Iterator[list[Entry]]:
    together: list[Entry] = []
    size = 0
    for entry in entries:
        if together and size + entry.size > _BYTES_AT_ONCE:
            yield together
            together, size = [], 0
        together.append(entry)
        size += entry.size
    if together:
        yield together
