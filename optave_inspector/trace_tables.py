"""The exchanges of a capture, their statistics and their rate, as tables: for the command line and the window."""

from __future__ import annotations

import io
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from .capture.entry import EntryKind
from .capture.new_file import WriteError, is_same, replacing
from .capture.opening import companions
from .capture.progress import Stopped, never, unheard
from .capture.redaction import RedactionRules, Redactor
from .tracing.csv_tables import write_exchanges_csv, write_rate_csv, write_statistics_csv
from .tracing.rate import Rate
from .tracing.selection import exchanges_with
from .tracing.statistics import Statistics

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from .capture.progress import Progress, Stop
    from .capture.store import CaptureStore
    from .tracing.exchange import Exchange

_DEFAULT_RULES = RedactionRules()
_AT_ONCE = 500


class TraceTable(StrEnum):
    """What there is to be written; the values are names of formats on the command line."""

    EXCHANGES = "exchanges-csv"
    STATISTICS = "statistics-csv"
    RATE = "rate-csv"


def export_table(
    store: CaptureStore,
    exchanges: Sequence[Exchange],
    target: Path | BinaryIO,
    table: TraceTable,
    *,
    numbers: Sequence[int] | None = None,
    rules: RedactionRules | None = _DEFAULT_RULES,
    progress: Progress = unheard,
    stop: Stop = never,
) -> int:
    """Write a table of ``exchanges``, or of those only that have an entry among ``numbers``; how many they are.

    ``rules`` is None for no redaction at all. A file is there whole or not at all. ``progress`` counts exchanges.
    Blocks. Raises WriteError, PathError, StoreError and Stopped.
    """
    some = exchanges if numbers is None else exchanges_with(exchanges, numbers)
    clean = _cleaner(store, rules)
    going = _watched(some, progress, stop)
    if not isinstance(target, Path):
        _write(store, going, target, table, clean)
        return len(some)
    if any(is_same(target, path) for path in (store.path, *companions(store.path))):
        raise WriteError(f"{target} is the capture itself.", "Choose another name.")
    with replacing(target) as temporary, temporary.open("wb") as out:
        _write(store, going, out, table, clean)
    return len(some)


def _watched(exchanges: Sequence[Exchange], progress: Progress, stop: Stop) -> Iterator[Exchange]:
    for number, exchange in enumerate(exchanges):
        if number % _AT_ONCE == 0:
            if stop():
                raise Stopped
            progress(number, len(exchanges))
        yield exchange
    progress(len(exchanges), len(exchanges))


def _write(
    store: CaptureStore, exchanges: Iterable[Exchange], out: BinaryIO, table: TraceTable, clean: Callable[[str], str]
) -> None:
    text = io.TextIOWrapper(out, encoding="utf-8", errors="replace", newline="")
    try:
        started_ns = store.entry(1).monotonic_ns if store.count else 0
        if table is TraceTable.EXCHANGES:
            write_exchanges_csv(exchanges, text, clean=clean, started_ns=started_ns)
        elif table is TraceTable.RATE:
            write_rate_csv(Rate(exchanges), text, started_ns=started_ns)
        else:
            write_statistics_csv(Statistics(exchanges), text, clean=clean)
    finally:
        text.detach()


def _cleaner(store: CaptureStore, rules: RedactionRules | None) -> Callable[[str], str]:
    if rules is None:
        return str
    redactor = Redactor(rules)
    marks = store.marks(1, store.count)
    for number, mark in enumerate(marks, 1):
        if mark & 31 == EntryKind.HANDSHAKE:
            redactor.redact(store.entry(number), store.payload(number))  # for the tokens that it carried
    return redactor.clean
