"""The frame log as a table of as many rows as there are entries: it knows their count and fetches what is on show."""

from __future__ import annotations

from array import array
from itertools import compress
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from .frame_columns import COLUMNS, FrameColumn
from .frame_pages import FramePages
from .frame_rows import DIRECTION_SHIFT, FrameRows
from .frame_text import ShownRow, cell_tooltip, shown_row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from ...capture.entry import Entry
    from ...capture.store import CaptureStore
    from ...tracing.exchange import Exchange
    from .frame_rows import Row

AnyIndex = QModelIndex | QPersistentModelIndex

NUMBER_ROLE = Qt.ItemDataRole.UserRole
"""Number of the row's entry, the first one of a folded run."""
_DISPLAY = Qt.ItemDataRole.DisplayRole
_TOOLTIP = Qt.ItemDataRole.ToolTipRole
_ALIGNMENT = Qt.ItemDataRole.TextAlignmentRole
_NO_INDEX = QModelIndex()
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_READ_AT_ONCE = 100_000
_KEPT_TEXTS = 4_000


class FrameTableModel(QAbstractTableModel):
    """Rows for the entries 1 to :attr:`shown_through` of a store.

    :meth:`grow` takes new entries in; that it is not called is how a view is frozen. What is shown can be narrowed to
    one direction and to numbers that a search found. Delegates read :meth:`shown` instead of asking role by role.
    """

    def __init__(self, store: CaptureStore, exchange_of: Callable[[int], Exchange | None], parent: Any = None) -> None:
        super().__init__(parent)
        self._store = store
        self._exchange_of = exchange_of
        self._pages = FramePages(store.page)
        self._rows = FrameRows()
        self._marks = bytearray(1)
        # One byte for each entry, at the index of its number.
        self._direction: int | None = None
        self._matches: array[int] | None = None
        self._elapsed = False
        self._texts: dict[int, ShownRow] = {}
        self._bookmarks = dict(store.bookmarks)

    @property
    def shown_through(self) -> int:
        """The highest entry number that the rows take into account."""
        return len(self._marks) - 1

    @property
    def shown_entries(self) -> int:
        """How many entries have a row, those in folded runs included."""
        return self._rows.entry_count

    @property
    def narrowed(self) -> bool:
        """Whether a filter is in force, by direction or by a search."""
        return self._direction is not None or self._matches is not None

    @property
    def folding(self) -> bool:
        """Whether runs of pings and pongs are one row."""
        return self._rows.folding

    @property
    def elapsed(self) -> bool:
        """Whether times count from the first entry."""
        return self._elapsed

    def grow(self, count: int) -> None:
        """Take the entries up to ``count`` in. While a search narrows the log they wait for :meth:`add_matches`.

        Raises StoreError when the capture cannot be read.
        """
        while self.shown_through < count:
            first = self.shown_through + 1
            marks = self._store.marks(first, min(_READ_AT_ONCE, count - first + 1))
            if not marks:
                return
            self._marks += marks
            if self._matches is None:
                self._append(range(first, first + len(marks)))

    def add_matches(self, numbers: Sequence[int]) -> None:
        """Show further entries that the running search found; ``numbers`` rise and follow those before."""
        assert self._matches is not None
        self._matches.extend(numbers)
        self._append(numbers)

    def replace_matches(self, numbers: Sequence[int]) -> None:
        """Show these entries only, as the first result of a new search."""
        self._matches = array("I", numbers)
        self._rebuild()

    def show_all(self) -> None:
        """End the narrowing by a search."""
        if self._matches is not None:
            self._matches = None
            self._rebuild()

    def show_direction(self, direction: int | None) -> None:
        """Show entries of one direction only; None for all."""
        if direction != self._direction:
            self._direction = direction
            self._rebuild()

    def set_folding(self, folding: bool) -> None:
        """Join runs of pings and pongs to one row, or show each."""
        if folding != self._rows.folding:
            self._rebuild(folding=folding)

    def set_elapsed(self, elapsed: bool) -> None:
        """Count times from the first entry, instead of telling the time of day."""
        if elapsed != self._elapsed:
            self._elapsed = elapsed
            self._texts.clear()
            self._changed(0, self.rowCount() - 1, FrameColumn.TIME)

    def exchanges_changed(self, numbers: Iterable[int]) -> None:
        """The status of these exchanges changed, and with it what their requests wait for."""
        rows = []
        for number in numbers:
            exchange = self._exchange_of(number)
            row = self._rows.row_of(exchange.request_entry) if exchange is not None else -1
            if row >= 0 and self._texts.pop(exchange.request_entry, None) is not None:
                rows.append(row)
        if rows:
            self._changed(min(rows), max(rows), FrameColumn.LATENCY)

    def bookmarks_changed(self) -> None:
        """Bookmarks or notes of the store changed."""
        before, self._bookmarks = self._bookmarks, dict(self._store.bookmarks)
        rows = []
        for number in before.keys() | self._bookmarks.keys():
            row = self._rows.row_of(number) if before.get(number) != self._bookmarks.get(number) else -1
            if row >= 0:
                self._texts.pop(self._rows.row(row).number, None)
                rows.append(row)
        if rows:
            self._changed(min(rows), max(rows), *FrameColumn)

    def shown(self, row: int) -> ShownRow:
        """The texts of a row, which must be in range."""
        place = self._rows.row(row)
        shown = self._texts.get(place.number)
        if shown is None or (place.length > 1 and shown.folded != place.length):
            if len(self._texts) > _KEPT_TEXTS:
                self._texts.clear()
            entry = self._pages.entry(place.number)
            before = self._pages.entry(self._rows.row(row - 1).last_number) if row else None
            first = self._pages.entry(1) if self._elapsed else None
            exchange = self._exchange_of(entry.exchange)
            shown = shown_row(place, entry, before, first=first, exchange=exchange, bookmark=self._bookmark(place))
            self._texts[place.number] = shown
        return shown

    def entry(self, number: int) -> Entry:
        """An entry by its number."""
        return self._pages.entry(number)

    def number(self, row: int) -> int:
        """The entry of a row, the first one of a folded run; 0 when out of range."""
        return self._rows.row(row).number if 0 <= row < self._rows.row_count else 0

    def numbers(self, first: int, last: int) -> list[int]:
        """All entries of the rows from ``first`` to ``last``, which must be in range, those in folded runs included."""
        return self._rows.numbers_between(first, last)

    def row_of(self, number: int) -> int:
        """The row of an entry, which may be folded into a run; -1 when it has none."""
        return self._rows.row_of(number)

    def row_text(self, row: int, columns: Sequence[FrameColumn]) -> str:
        """A row as one line, cells separated by tabs."""
        texts = self.shown(row).texts
        return "\t".join(texts[column] for column in columns)

    def rowCount(self, parent: AnyIndex = _NO_INDEX) -> int:
        return 0 if parent.isValid() else self._rows.row_count

    def columnCount(self, parent: AnyIndex = _NO_INDEX) -> int:
        return 0 if parent.isValid() else len(COLUMNS)

    def data(self, index: AnyIndex, role: int = _DISPLAY) -> Any:
        # A repaint asks some 1,600 times; most roles have no answer.
        if role == _DISPLAY:
            return self.shown(index.row()).texts[index.column()] if index.isValid() else None
        if role == _TOOLTIP and index.isValid():
            return cell_tooltip(self.shown(index.row()), FrameColumn(index.column()))
        if role == _ALIGNMENT and index.isValid():
            return _RIGHT if COLUMNS[index.column()].right else _LEFT
        if role == NUMBER_ROLE and index.isValid():
            return self.number(index.row())
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _DISPLAY) -> Any:
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(COLUMNS):
            return None
        info = COLUMNS[section]
        if role == _DISPLAY:
            return "elapsed" if section == FrameColumn.TIME and self._elapsed else info.title
        if role == _TOOLTIP:
            return info.tooltip
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return info.name
        return (_RIGHT if info.right else _LEFT) if role == _ALIGNMENT else None

    def _bookmark(self, place: Row) -> str | None:
        if place.length == 1 or not self._bookmarks:
            return self._bookmarks.get(place.number)
        # The row stands for many entries: that one of them is marked is to be seen, its note once it is unfolded.
        return "" if any(place.number <= number <= place.last_number for number in self._bookmarks) else None

    def _append(self, numbers: Sequence[int]) -> None:
        if self.narrowed:
            if self._direction is not None:
                numbers = [number for number in numbers if self._in_direction(number)]
            marks = bytes(map(self._marks.__getitem__, numbers))
        else:
            marks = bytes(self._marks[numbers[0] : numbers[-1] + 1])
        if not marks:
            return
        last_row = self._rows.row_count - 1
        last_before = self._rows.row(last_row) if last_row >= 0 else None
        added = self._rows.rows_added_by(marks)
        if added:
            self.beginInsertRows(QModelIndex(), last_row + 1, last_row + added)
        self._rows.append(numbers if self.narrowed else None, marks)
        if added:
            self.endInsertRows()
        if last_before is not None and self._rows.row(last_row) != last_before:
            self._texts.pop(last_before.number, None)
            self._changed(last_row, last_row, *FrameColumn)

    def _rebuild(self, *, folding: bool | None = None) -> None:
        self.beginResetModel()
        numbers = self._shown_numbers()
        marks = self._marks[1:] if numbers is None else bytes(map(self._marks.__getitem__, numbers))
        self._rows.reset(numbers, marks, folding=self._rows.folding if folding is None else folding)
        self._texts.clear()
        self.endResetModel()

    def _shown_numbers(self) -> array[int] | None:
        if self._matches is not None:
            if self._direction is None:
                return self._matches
            return array("I", filter(self._in_direction, self._matches))
        if self._direction is None:
            return None
        chosen = bytes(one >> DIRECTION_SHIFT == self._direction for one in range(256))
        return array("I", compress(range(1, len(self._marks)), self._marks[1:].translate(chosen)))

    def _in_direction(self, number: int) -> bool:
        return self._direction is None or self._marks[number] >> DIRECTION_SHIFT == self._direction

    def _changed(self, first_row: int, last_row: int, *columns: FrameColumn) -> None:
        if first_row <= last_row:
            self.dataChanged.emit(self.index(first_row, min(columns)), self.index(last_row, max(columns)))
