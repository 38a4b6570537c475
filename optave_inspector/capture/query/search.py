"""Which entries of a capture match: asked of SQLite chunk by chunk, and of Python where SQLite cannot say."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from ..entry import Entry
from ..readers import Readers
from ..schema import COLUMNS, PART_BYTES
from ..store import CaptureStore
from ..text_search import read_parts
from .condition import Cost
from .judged import Judged, More
from .local_time import LocalTime
from .query import NOTHING_MARKED, Query
from .sql import Context, Parameter

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from .nodes import Node

Stop = Callable[[], bool]
Found = Callable[[list[int]], None]
Progress = Callable[[int], None]

_FIRST_CHUNK = 500
_LARGEST_CHUNK = 20_000
"""Larger results cost more per entry: they no longer fit into the memory that is at hand."""
_CHUNK_S = 0.03
_CHUNK_BYTES = 32 * 1024 * 1024
_SIZE = "SELECT total(size) FROM entries WHERE number BETWEEN ? AND ?"
_IN_PARTS = "SELECT 1 FROM payload_parts WHERE number BETWEEN ? AND ? LIMIT 1"
_COLUMNS = ", ".join(f"e.{name}" for name in COLUMNS)
_ENTRIES = "FROM entries AS e"
_PAYLOADS = "CROSS JOIN payloads AS p ON p.number = e.number"
_OF_PAYLOADS = ("p.plain", "p.data")

_numbers = msgspec.json.Decoder(list[int]).decode


def numbers_matching(
    store_or_path: CaptureStore | Path,
    query: Query,
    *,
    first: int = 1,
    last: int | None = None,
    stop: Stop = lambda: False,
    found: Found,
    progress: Progress = lambda _through: None,
    bookmarked: frozenset[int] = NOTHING_MARKED,
) -> bool:
    """Tell the numbers of the entries ``first`` to ``last`` (None: the last one) that match; false when stopped.

    Runs in the caller's thread, which should not be the window's, with a connection of its own. ``found`` is called
    with ascending numbers as they come, ``progress`` with the number up to which all was judged, and ``stop`` is asked
    every few hundredths of a second. ``bookmarked`` are the numbers that ``is:bookmarked`` means. A path may name a
    capture that another process writes. Raises :class:`~..schema.StoreError`.
    """
    store = store_or_path if isinstance(store_or_path, CaptureStore) else None
    path = store_or_path if isinstance(store_or_path, Path) else store_or_path.path
    if store is not None:
        last = store.count if last is None else min(last, store.count)
    first = max(1, first)
    if store is None or store.unsaved < store.count:
        readers = Readers(path)
        try:
            with readers.borrow() as connection:
                connection.execute("PRAGMA query_only = ON")
                in_file = connection.execute("SELECT coalesce(max(number), 0) FROM entries").fetchone()[0]
                end = in_file if last is None else min(last, in_file)
                if not _File(connection, query, bookmarked, first).search(first, end, stop, found, progress):
                    return False
                first = max(first, end + 1)
        finally:
            readers.close()
    if store is None or last is None:
        return True
    return _search_memory(store, query, bookmarked, range(first, last + 1), stop, found, progress)


def _search_memory(
    store: CaptureStore,
    query: Query,
    bookmarked: frozenset[int],
    numbers: range,
    stop: Stop,
    found: Found,
    progress: Progress,
) -> bool:
    """Judge entries that did not come to the file yet, or cannot."""
    for start in range(0, len(numbers), _FIRST_CHUNK):
        chunk = numbers[start : start + _FIRST_CHUNK]
        hits = []
        for entry in store.page(chunk.start, len(chunk)):
            if stop():
                return False
            if query.matches(entry, lambda number=entry.number: store.payload(number), bookmarked):  # type: ignore[misc]
                hits.append(entry.number)
        if hits:
            found(hits)
        progress(chunk[-1])
    return True


class _Plan(NamedTuple):
    """How to ask for one chunk."""

    select: str
    """One row: a JSON array of numbers that match, and one of numbers that Python has to judge."""
    parameters: tuple[Parameter, ...]
    undecided: Node | None
    """What Python has to judge; None when there is nothing."""


class _File:
    """One query to one capture file."""

    def __init__(self, connection: sqlite3.Connection, query: Query, bookmarked: frozenset[int], first: int) -> None:
        self._connection = connection
        self._query = query
        self._bookmarked = bookmarked
        row = connection.execute("SELECT wall_ns FROM entries WHERE number >= ? LIMIT 1", (first,)).fetchone()
        self._context = Context(LocalTime(row[0] if row else 0), bookmarked)
        self._reads_payloads = any(leaf.cost >= Cost.PAYLOAD for leaf in query.node.leaves())
        self._plans: dict[bool, _Plan] = {}

    def search(self, first: int, last: int, stop: Stop, found: Found, progress: Progress) -> bool:
        size = _FIRST_CHUNK
        while first <= last:
            if stop():
                return False
            end = self._end(first, min(first + size - 1, last))
            started = time.perf_counter()
            hits = self._chunk(first, end, stop)
            if hits is None:
                return False
            size = _next_size(end - first + 1, time.perf_counter() - started)
            if hits:
                found(hits)
            progress(end)
            first = end + 1
        return True

    def _end(self, first: int, last: int) -> int:
        """The last entry of the next chunk, so that its payloads are not too much for one step."""
        if self._reads_payloads:
            while last > first and self._connection.execute(_SIZE, (first, last)).fetchone()[0] > _CHUNK_BYTES:
                last = first + (last - first) // 4
        return last

    def _chunk(self, first: int, last: int, stop: Stop) -> list[int] | None:
        """The numbers that match, in order; None when stopped."""
        plan = self._plan(first, last)
        sure, unjudged = self._connection.execute(plan.select, (*plan.parameters, first, last)).fetchone()
        hits = _numbers(sure)
        if plan.undecided is None or unjudged == "[]":
            return hits
        holds = plan.undecided.holds
        for number, judged in self._judged(unjudged, plan.undecided):
            if stop():
                return None
            if holds(judged):
                hits.append(number)
        return sorted(hits)

    def _judged(self, numbers: str, undecided: Node) -> Iterator[tuple[int, Judged]]:
        reads_entry = any(leaf.condition.reads_entry for leaf in undecided.leaves())
        columns, join = (f", {_COLUMNS}", "CROSS JOIN entries AS e ON e.number = p.number") if reads_entry else ("", "")
        rows = self._connection.execute(
            f"SELECT p.number, p.data{columns} FROM json_each(?) AS wanted"  # noqa: S608 - our own names
            f" CROSS JOIN payloads AS p ON p.number = wanted.value {join}",
            (numbers,),
        )
        for row in rows:
            number, data = row[0], row[1]
            more = self._more(number) if len(data) == PART_BYTES else None
            yield number, Judged.stored(Entry(*row[2:]) if reads_entry else None, self._bookmarked, data, more)

    def _more(self, number: int) -> More | None:
        if self._connection.execute(_IN_PARTS, (number, number)).fetchone() is None:
            return None
        return lambda: itertools.islice(read_parts(self._connection, number), 1, None)

    def _plan(self, first: int, last: int) -> _Plan:
        whole = not self._reads_payloads or self._connection.execute(_IN_PARTS, (first, last)).fetchone() is None
        if whole not in self._plans:
            self._plans[whole] = self._make_plan(self._context._replace(whole=whole))
        return self._plans[whole]

    def _make_plan(self, context: Context) -> _Plan:
        sure, maybe = self._query.bounds(context)
        joined = any(name in sure.text + maybe.text for name in _OF_PAYLOADS)
        source = f"{_ENTRIES} {_PAYLOADS if joined else ''} WHERE {maybe.text} AND e.number BETWEEN ? AND ?"
        # The order keeps SQLite from merging the inner query with the outer, where ``sure`` would be asked three times.
        if sure == maybe:
            inner = f"SELECT e.number {source} ORDER BY e.number"
            return _Plan(f"SELECT json_group_array(number), '[]' FROM ({inner})", maybe.parameters, None)  # noqa: S608
        # As a value, AND and OR would be computed on both sides; as a case, they stop where the answer is known.
        inner = f"SELECT e.number, CASE WHEN {sure.text} THEN 1 ELSE 0 END AS sure {source} ORDER BY e.number"
        select = (
            "SELECT json_group_array(number) FILTER (WHERE sure), json_group_array(number) FILTER (WHERE NOT sure)"  # noqa: S608
            f" FROM ({inner})"
        )
        return _Plan(select, (*sure.parameters, *maybe.parameters), self._query.undecided(context))


def _next_size(size: int, took_s: float) -> int:
    """Entries of the next chunk, so that it takes about as long as one may wait for an answer to ``stop``."""
    wanted = size * _CHUNK_S / max(took_s, 1e-6)
    return int(max(1.0, min(wanted, size * 4, _LARGEST_CHUNK)))
