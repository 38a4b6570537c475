"""Finding the exchanges that match a query, off the window's thread, and going on while they come and change."""

from __future__ import annotations

import functools
import operator
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from ...capture.entry import Entry, EntryFlag
from ...capture.query.judged import Judged
from ...capture.query.nodes import And, Leaf, Not
from ...capture.query.query import Query
from ...capture.query.search import numbers_matching
from ...tracing.exchange import ExchangeStatus
from .background import Background, Job
from .exchange_words import state_words

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ...capture.query.nodes import Node
    from ...session import Session
    from ...tracing.exchange import Exchange

_OWN = re.compile(r"(state|latency|is|code|exchange)(?:[:=<>])")
"""Keys whose values an exchange has by itself; all others its request or an answer has."""


@dataclass
class _Known:
    """What was found out about the terms of a query, to go on from."""

    entries: dict[Leaf, bytearray] = field(default_factory=dict)
    """A byte for each entry, 1 where it fulfils the term."""
    through: int = 0
    """Entries up to this number were searched."""


class ExchangeFilter(QObject):
    """One search over the exchanges of a session. A newer query replaces the former search at once.

    A term holds for an exchange when its request, one of its answers or the exchange itself fulfils it: so
    ``refund state:error`` finds the requests with that word that were answered by an error, and ``-state:error`` those
    that were not. ``state:`` knows the words of the status column, and ``missing``.
    """

    found = Signal(object)
    """A new search has its result: a ``bytearray`` with 1 for each number that matches. It is kept up from now on."""
    changed = Signal(list)
    """Numbers whose byte in that array changed."""
    progressed = Signal(float)
    failed = Signal(str)

    def __init__(self, session: Session, clock: Callable[[], int], parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._clock = clock
        self._work = Background("exchange search", self)
        self._count = 0
        self._query: Query | None = None
        self._known = _Known()
        self._matches: bytearray | None = None
        self._waiting: set[int] = set()

    @property
    def searching(self) -> bool:
        """Whether a result is being waited for."""
        return self._work.busy

    @property
    def asks_state(self) -> bool:
        """Whether the running search depends on what waits for long, which time alone changes."""
        return self._query is not None and any(leaf.text.startswith("state") for leaf in self._query.node.leaves())

    def update(self, numbers: Sequence[int]) -> None:
        """Exchanges are new or have changed, or time has changed what ``state:`` says of them."""
        if not numbers:
            return
        self._count = max(self._count, *numbers)
        if self._query is not None:
            self._waiting.update(numbers)
            self._go_on()

    def search(self, query: Query) -> None:
        """Search for ``query``, and forget the former search."""
        self._query = query
        self._known = _Known()
        self._matches = None
        self._waiting.clear()
        self._start(range(1, self._count + 1))

    def stop(self) -> None:
        """Give up what remains of the search, and search nothing more until asked again."""
        self._work.cancel()
        self._query = self._matches = None
        self._waiting.clear()

    def _go_on(self) -> None:
        if self._waiting and not self._work.busy and self._query is not None:
            numbers, self._waiting = sorted(self._waiting), set()
            self._start(numbers)

    def _start(self, numbers: Sequence[int]) -> None:
        assert self._query is not None
        search = _Search(self._session, self._query, self._known, self._clock())
        count, first_pass = self._count, self._matches is None
        self._work.start(
            lambda job: search.run(job, numbers, count if first_pass else 0),
            self._done,
            self._failed,
            self.progressed.emit,
        )

    def _done(self, result: tuple[_Known, bytearray, Sequence[int]]) -> None:
        self._known, told, numbers = result
        if self._matches is None:
            self._matches = told
            self.found.emit(told)
        else:
            kept = self._matches
            kept.extend(bytes(max(0, self._count + 1 - len(kept))))
            turned = [number for number, holds in zip(numbers, told, strict=True) if kept[number] != holds]
            for number in turned:
                kept[number] ^= 1
            if turned:
                self.changed.emit(turned)
        self._go_on()

    def _failed(self, error: Exception) -> None:
        self.stop()
        self.failed.emit(str(error))


class _Search:
    """One pass in a thread: over all exchanges, or over those that changed since."""

    def __init__(self, session: Session, query: Query, known: _Known, now_ns: int) -> None:
        self._store = session.store
        self._exchanges = session.exchanges
        self._lives = session.lives
        self._query = query
        self._known = known
        self._now_ns = now_ns
        self._bookmarked = frozenset(session.store.bookmarks)

    def run(self, job: Job, numbers: Sequence[int], count: int) -> tuple[_Known, bytearray, Sequence[int]]:
        """What is known now, and the verdicts: for ``count`` all exchanges by number, else for ``numbers`` in turn."""
        leaves = list(dict.fromkeys(self._query.node.leaves()))
        made = _Known(through=self._store.count)
        verdicts: dict[Leaf, bytearray] = {}
        for place, leaf in enumerate(leaves):
            hits = bytearray(self._known.entries.get(leaf, bytes(1)))
            hits.extend(bytes(made.through + 1 - len(hits)))
            self._search_entries(job, leaf, hits, made.through, (place, len(leaves)))
            made.entries[leaf] = hits
            own = bool(_OWN.match(leaf.text))
            verdicts[leaf] = bytearray(1 if count else 0)
            for number in numbers:
                if job.stopped():
                    return made, bytearray(), numbers
                exchange = self._exchanges[number - 1]
                verdicts[leaf].append(_in_entries(exchange, hits) or (own and self._by_itself(exchange, leaf)))
        return made, _combined(self._query.node, verdicts, len(numbers) + (1 if count else 0)), numbers

    def _search_entries(self, job: Job, leaf: Leaf, hits: bytearray, through: int, part: tuple[int, int]) -> None:
        place, of = part

        def found(entries: list[int]) -> None:
            for entry in entries:
                hits[entry] = 1

        numbers_matching(
            self._store,
            Query(leaf),
            first=self._known.through + 1,
            last=through,
            stop=job.stopped,
            found=found,
            progress=lambda at: job.report((place + at / max(through, 1)) / of),
            bookmarked=self._bookmarked,
        )

    def _by_itself(self, exchange: Exchange, leaf: Leaf) -> bool:
        words = state_words(exchange, self._now_ns) if leaf.text.startswith("state") else ("",)
        return any(leaf.holds(self._judged(exchange, word)) for word in words)

    def _judged(self, exchange: Exchange, state: str) -> Judged:
        """The exchange in the shape of an entry, with what it has by itself."""
        flags = (
            (EntryFlag.LATE if exchange.late else 0)
            | (EntryFlag.DUPLICATE if exchange.duplicates else 0)
            | (EntryFlag.GUESSED if exchange.guessed else 0)
        )
        code = self._lives.code_of(exchange.attempt) if exchange.status is ExchangeStatus.CUT_OFF else 0
        entry = Entry(0, exchange.attempt, -1, -1, 0, 0, -1, 0, flags=int(flags), code=code)
        entry.exchange, entry.latency_ns, entry.state = exchange.number, exchange.total_ns, state
        return Judged.stored(entry, self._bookmarked, b"", None)


def _in_entries(exchange: Exchange, hits: bytearray) -> bool:
    known = len(hits)
    if exchange.request_entry < known and hits[exchange.request_entry]:
        return True
    return any(entry < known and hits[entry] for entry in exchange.answers) or any(
        entry < known and hits[entry] for entry in exchange.duplicates
    )


def _combined(node: Node, verdicts: dict[Leaf, bytearray], size: int) -> bytearray:
    """The verdicts of all exchanges on a query; whole numbers of many bytes are joined as fast as memory goes."""
    every = int.from_bytes(b"\1" * size, "little")

    def joined(part: Node) -> int:
        if isinstance(part, Leaf):
            return int.from_bytes(verdicts[part], "little")
        if isinstance(part, Not):
            return every ^ joined(part.node)
        if isinstance(part, And):
            return functools.reduce(operator.and_, map(joined, part.nodes), every)
        return functools.reduce(operator.or_, map(joined, part.nodes), 0)

    return bytearray(joined(node).to_bytes(size, "little"))
