"""The exchanges of a session as a table that is kept up to date row by row."""

from __future__ import annotations

import bisect
import contextlib
import time
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt

from ...tracing.exchange import Exchange, ExchangeStatus
from ...tracing.statistics import Statistics
from .. import theme
from ..delegates.waterfall_geometry import Extent
from .formats import duration_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence


class ExchangeColumn(IntEnum):
    """The columns from left to right."""

    ACTION = 0
    CORRELATION = 1
    STATUS = 2
    FIRST = 3
    TOTAL = 4
    ANSWERS = 5
    TIME = 6
    """Painted as a waterfall; its raw value is the time of the request."""


_TITLES = ("action", "corr", "status", "first", "total", "n", "time")
_TIPS = (
    "Action of the request",
    "The last characters of the correlation ID, in the colour that it has in the frame log",
    "Where the exchange stands",
    "From the request to its first answer",
    "From the request to its end",
    "Answers, updates of a stream included",
    "When it began and how long it took",
)
_RIGHT = frozenset({ExchangeColumn.FIRST, ExchangeColumn.TOTAL, ExchangeColumn.ANSWERS})
_ROOT = QModelIndex()
_NEVER = 1 << 62
"""Sorts what has no time yet behind all that has one."""

STATUS_LOOK: dict[ExchangeStatus, tuple[str, str, str]] = {
    ExchangeStatus.WAITING: ("…", "waiting", "accent"),
    ExchangeStatus.STREAMING: ("≡", "streaming", "accent"),
    ExchangeStatus.COMPLETED: ("✓", "completed", "ok"),
    ExchangeStatus.ERROR: ("✗", "error", "error"),
    ExchangeStatus.TIMED_OUT: ("◔", "timed out", "warning"),
    ExchangeStatus.CUT_OFF: ("⚡", "cut off", "muted"),
    ExchangeStatus.CANCELLED: ("⊘", "cancelled", "muted"),
    ExchangeStatus.NOT_SENT: ("⊗", "not sent", "warning"),
}
"""Glyph, word and the theme's name for the colour of each status. DejaVu Sans has all glyphs."""


class ExchangeTableModel(QAbstractTableModel):
    """Rows over a session's list of exchanges, which this model reads and never copies.

    Call ``update`` with the numbers that are new or changed. Rows are added and announced as such; nothing is reset.
    Sorting is by raw values over an index of its own, and is kept while exchanges come and change.
    """

    def __init__(
        self,
        exchanges: Sequence[Exchange],
        clock: Callable[[], int] = time.monotonic_ns,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._exchanges = exchanges
        self.clock = clock
        """The present in the time of the exchanges, for those that still wait."""
        self.statistics = Statistics()
        self.extent = Extent()
        """From when to when the exchanges reach."""
        self._count = len(exchanges)
        self._column = ExchangeColumn.TIME
        self._descending = False
        self._keys: list[Any] = []
        self._pairs: list[tuple[Any, int]] | None = None
        """Sorting key and number of each exchange in ascending order; None in the order of the requests."""
        self._note(range(1, len(exchanges) + 1))
        theme.theme_switch().changed.connect(self._on_theme)

    # -- what the panel asks

    def now_ns(self) -> int:
        """The present, by ``clock``."""
        return self.clock()

    def exchange(self, row: int) -> Exchange:
        """The exchange of a row."""
        place = self._count - 1 - row if self._descending else row
        return self._exchanges[place if self._pairs is None else self._pairs[place][1] - 1]

    def row_of(self, number: int) -> int:
        """The row of an exchange; -1 when it has none yet."""
        if not 1 <= number <= self._count:
            return -1
        place = number - 1
        if self._pairs is not None:
            place = bisect.bisect_left(self._pairs, (self._keys[number - 1], number))
        return self._count - 1 - place if self._descending else place

    def update(self, numbers: Sequence[int]) -> None:
        """Take over exchanges that are new or changed, by their numbers in ascending order."""
        if not numbers:
            return
        new = range(self._count + 1, numbers[-1] + 1)
        changed = [number for number in numbers if number <= self._count]
        self._note([*changed, *new])
        if self._pairs is None:
            self._append(len(new))
            for first, last in _runs(changed):
                rows = sorted((self.row_of(first), self.row_of(last)))
                self.dataChanged.emit(self.index(rows[0], 0), self.index(rows[1], ExchangeColumn.TIME))
        else:
            with self._rearranged():
                self._sort_in(changed, new)

    # -- what Qt asks

    def rowCount(self, parent: QModelIndex = _ROOT) -> int:
        """All exchanges that were announced."""
        return 0 if parent.isValid() else self._count

    def columnCount(self, parent: QModelIndex = _ROOT) -> int:
        """One per member of ExchangeColumn."""
        return 0 if parent.isValid() else len(ExchangeColumn)

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Texts, colours and tooltips of a cell."""
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(self.exchange(index.row()), index.column())
        if role == Qt.ItemDataRole.ForegroundRole:
            return self._color(self.exchange(index.row()), index.column())
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(index.column())
        if role == Qt.ItemDataRole.FontRole and index.column() == ExchangeColumn.CORRELATION:
            return theme.mono_font()
        if role == Qt.ItemDataRole.ToolTipRole:
            return self.description(self.exchange(index.row()))
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Titles of the columns."""
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(_TITLES):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return _TITLES[section]
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{_TIPS[section]}. Click to sort."
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(section)
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by raw values; of equal ones the later request is the greater."""
        with self._rearranged():
            self._column = ExchangeColumn(column)
            self._descending = order == Qt.SortOrder.DescendingOrder
            self._keys, self._pairs = [], None
            if self._column is not ExchangeColumn.TIME:
                numbers = range(1, self._count + 1)
                self._keys = [self._key(number) for number in numbers]
                self._pairs = sorted(zip(self._keys, numbers, strict=True))

    # -- inside

    def _append(self, count: int) -> None:
        """Show ``count`` more exchanges, where the requests stand in their order."""
        if count:
            first = 0 if self._descending else self._count
            self.beginInsertRows(QModelIndex(), first, first + count - 1)
            self._count += count
            self.endInsertRows()

    def _sort_in(self, changed: Sequence[int], new: range) -> None:
        assert self._pairs is not None
        for number in changed:
            before, after = (self._keys[number - 1], number), (self._key(number), number)
            if before != after:
                del self._pairs[bisect.bisect_left(self._pairs, before)]
                bisect.insort(self._pairs, after)
                self._keys[number - 1] = after[0]
        for number in new:
            self._keys.append(self._key(number))
            bisect.insort(self._pairs, (self._keys[-1], number))
        self._count += len(new)

    @contextlib.contextmanager
    def _rearranged(self) -> Iterator[None]:
        """Whatever is done within, tell the views where their rows went."""
        self.layoutAboutToBeChanged.emit()
        kept = self.persistentIndexList()
        numbers = [self.exchange(index.row()).number for index in kept]
        yield
        moved = [self.index(self.row_of(number), index.column()) for number, index in zip(numbers, kept, strict=True)]
        self.changePersistentIndexList(kept, moved)
        self.layoutChanged.emit()

    def _note(self, numbers: Sequence[int]) -> None:
        touched = [self._exchanges[number - 1] for number in numbers]
        self.statistics.update(touched)
        for exchange in touched:
            self.extent.include(exchange)
        self.extent.waiting = self.statistics.overall.open > 0

    def _key(self, number: int) -> Any:
        exchange = self._exchanges[number - 1]
        column = self._column
        if column is ExchangeColumn.ACTION:
            return exchange.action
        if column is ExchangeColumn.CORRELATION:
            return exchange.correlation_id
        if column is ExchangeColumn.STATUS:
            return exchange.status, exchange.error_code
        if column is ExchangeColumn.FIRST:
            return exchange.first_ns if exchange.update_ns else _NEVER
        if column is ExchangeColumn.TOTAL:
            return exchange.total_ns if exchange.ended_ns >= 0 else _NEVER
        return len(exchange.answers)

    def _text(self, exchange: Exchange, column: int) -> str:
        if column == ExchangeColumn.ACTION:
            return exchange.action or "–"
        if column == ExchangeColumn.CORRELATION:
            return f"▮ {exchange.correlation_id[-4:]}" if exchange.correlation_id else "–"
        if column == ExchangeColumn.STATUS:
            return status_text(exchange)
        if column == ExchangeColumn.FIRST:
            return duration_text(exchange.first_ns) if exchange.update_ns else ""
        if column == ExchangeColumn.TOTAL:
            if exchange.ended_ns >= 0:
                return duration_text(exchange.total_ns)
            return f"{duration_text(max(self.now_ns() - exchange.sent_ns, 0))} …"
        if column == ExchangeColumn.ANSWERS:
            return str(len(exchange.answers))
        return f"+{duration_text(exchange.sent_ns - self.extent.first_ns)}"

    def _color(self, exchange: Exchange, column: int) -> Any:
        colors = theme.current()
        if column == ExchangeColumn.STATUS:
            return colors.color(STATUS_LOOK[exchange.status][2])
        if column == ExchangeColumn.CORRELATION and exchange.correlation_id:
            return colors.correlation_color(exchange.correlation_id)
        if column == ExchangeColumn.TOTAL and exchange.ended_ns < 0:
            return colors.color("muted")
        return None

    def description(self, exchange: Exchange) -> str:
        """An exchange in several lines of plain text, for tooltips."""
        lines = [
            f"{exchange.action or 'no action'}: {status_text(exchange)}",
            f"Correlation ID {exchange.correlation_id or 'missing'}",
        ]
        if exchange.trace_id:
            lines.append(f"Trace ID {exchange.trace_id}")
        times = []
        if exchange.update_ns:
            times.append(f"first answer after {duration_text(exchange.first_ns)}")
        if exchange.ended_ns >= 0:
            times.append(f"ended after {duration_text(exchange.total_ns)}")
        answers = len(exchange.answers)
        times.append("1 answer" if answers == 1 else f"{answers or 'no'} answers")
        lines.append(", ".join(times).capitalize())
        if exchange.duplicates:
            lines.append(f"Answered again after the end: {len(exchange.duplicates)}")
        lines += [sentence for sentence in (exchange.guessed, exchange.note) if sentence]
        lines.append(f"Connection attempt {exchange.attempt}, request is entry {exchange.request_entry}")
        return "\n".join(lines)

    def _on_theme(self) -> None:
        if self._count:
            last = self.index(self._count - 1, ExchangeColumn.TIME)
            self.dataChanged.emit(self.index(0, 0), last, [Qt.ItemDataRole.ForegroundRole])


def status_text(exchange: Exchange) -> str:
    """Glyph and word for where an exchange stands, with the error's code, and whether it was late or guessed."""
    glyph, word, _ = STATUS_LOOK[exchange.status]
    text = f"{glyph} {word}"
    if exchange.error_code:
        text += f" {exchange.error_code}"
    if exchange.late:
        text += " · late answer"
    if exchange.guessed:
        text += " · guessed"
    return text


def _alignment(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column in _RIGHT else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter


def _runs(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """Ascending numbers as runs without gaps, first and last of each."""
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return runs
