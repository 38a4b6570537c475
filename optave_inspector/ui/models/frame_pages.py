"""Entries for the rows on show: fetched from the store by pages, of which the last used are kept."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

from ...capture.entry import Entry, EntryFlag, EntryKind
from ...capture.schema import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable

_PAGE = 64
"""Small, since the rows of a filtered log lie on as many pages as there are rows; one fetch takes some 0.2 ms."""
_KEPT = 256
_NEITHER = 2


class FramePages:
    """A window on the entries of a store. ``read(first, count)`` is the store's ``page``."""

    def __init__(self, read: Callable[[int, int], list[Entry]]) -> None:
        self._read = read
        self._pages: OrderedDict[int, list[Entry]] = OrderedDict()

    def entry(self, number: int) -> Entry:
        """An entry that the store has. When the capture cannot be read, an entry that says so in its summary."""
        which, offset = divmod(number - 1, _PAGE)
        page = self._pages.get(which)
        if page is not None and offset < len(page):
            self._pages.move_to_end(which)
            return page[offset]
        try:
            page = self._read(which * _PAGE + 1, _PAGE)
        except StoreError as error:
            return _unreadable(number, str(error))
        if offset >= len(page):
            return _unreadable(number, "The capture does not hold this entry.")
        self._pages[which] = page
        self._pages.move_to_end(which)
        if len(self._pages) > _KEPT:
            self._pages.popitem(last=False)
        return page[offset]


def _unreadable(number: int, why: str) -> Entry:
    return Entry(number, 0, _NEITHER, EntryKind.STATE, 0, 0, 0, 0, flags=EntryFlag.PROBLEM, summary=why)
