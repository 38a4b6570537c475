"""The exchanges of a session as a table: filtered, sorted, in groups, and kept up to date row by row."""

from __future__ import annotations

import contextlib
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt, Signal

from ...tracing.grouping import Grouping
from ...tracing.statistics import Statistics
from .. import theme
from ..delegates.waterfall_geometry import Extent
from .background import Background
from .exchange_columns import KEYS, TIPS, TITLES, ExchangeColumn, alignment, cell_color, cell_text, group_cell
from .exchange_groups import group_of
from .exchange_rows import Arrangement, ExchangeRows, Group
from .exchange_words import description, is_missing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from PySide6.QtGui import QColor

    from ...tracing.exchange import Exchange
    from ...tracing.grouping import GroupBy

_ROOT = QModelIndex()
_AT_ONCE = 5_000
"""Up to so many exchanges are arranged within a hundredth of a second or two; more of them in a thread."""


class ExchangeTableModel(QAbstractTableModel):
    """Rows over a session's list of exchanges, which this model reads and never copies.

    Call ``update`` with the numbers that are new or changed. Rows are added and announced as such; nothing is reset.
    Another filter, order or grouping of many exchanges is made in a thread: the rows stay as they were until it is
    there, and ``rearranged`` tells. A row is an exchange or the heading of a group.
    """

    rearranged = Signal()
    """Filter, order or grouping that were asked for are on show."""

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
        self._arrangement = Arrangement()
        self._by: GroupBy | None = None
        self._grouping: Grouping | None = None
        self._matches: bytearray | None = None
        self._work = Background("arrange traces", self)
        self._held: dict[int, Exchange | Group] | None = None
        self._missed: set[int] = set()
        """What changed while rows were made in a thread."""
        self._note(range(1, self._count + 1))
        self._rows = ExchangeRows(exchanges, self._count, self._arrangement, None)
        theme.theme_switch().changed.connect(self._on_theme)

    # -- what the panel asks

    @property
    def count(self) -> int:
        """All exchanges that were announced, shown or not."""
        return self._count

    @property
    def shown(self) -> int:
        """How many exchanges the filter leaves, those in folded groups included."""
        return self._rows.shown

    @property
    def narrowed(self) -> bool:
        """Whether a filter is in force."""
        return self._matches is not None

    @property
    def grouped(self) -> bool:
        """Whether the rows on show stand in groups."""
        return self._rows.grouped

    @property
    def arranging(self) -> bool:
        """Whether rows are being made that were asked for."""
        return self._work.busy

    def now_ns(self) -> int:
        """The present, by ``clock``."""
        return self.clock()

    @contextlib.contextmanager
    def still(self) -> Iterator[None]:
        """Look each row up once while a view paints, which asks fifty times for each; nothing may change within."""
        self._held = {}
        try:
            yield
        finally:
            self._held = None

    def at(self, row: int) -> Exchange | Group:
        """What stands in a row."""
        if self._held is not None and row in self._held:
            return self._held[row]
        found = self._rows.at(row)
        one = found if isinstance(found, Group) else self._exchanges[found - 1]
        if self._held is not None:
            self._held[row] = one
        return one

    def exchange(self, row: int) -> Exchange | None:
        """The exchange of a row; None for the heading of a group."""
        found = self.at(row)
        return None if isinstance(found, Group) else found

    def row_of(self, number: int) -> int:
        """The row of an exchange, or of the heading that it is folded under; -1 when it has none."""
        return self._rows.row_of(number)

    def numbers_shown(self) -> list[int]:
        """All exchanges that the filter leaves, in the order on show, without those in folded groups."""
        found = (self._rows.at(row) for row in range(self._rows.row_count))
        return [number for number in found if not isinstance(number, Group)]

    def update(self, numbers: Sequence[int]) -> None:
        """Take over exchanges that are new or changed, by their numbers in ascending order."""
        if not numbers:
            return
        new = range(self._count + 1, numbers[-1] + 1)
        changed = [number for number in numbers if number <= self._count]
        self._note([*changed, *new])
        self._show_changes(changed, new)

    def show_only(self, matches: bytearray | None) -> None:
        """Show the exchanges whose byte is 1, by number; all of them for None. The array stays the caller's."""
        self._matches = matches
        self._arrange()

    def matches_changed(self, numbers: Sequence[int]) -> None:
        """The bytes of these exchanges changed in the array that was given."""
        self._show_changes([number for number in numbers if number <= self._count], ())

    def group_by(self, by: GroupBy | None) -> None:
        """Show exchanges in groups, all of them unfolded; in none for None."""
        self._by = by
        self._arrangement = replace(self._arrangement, folded=frozenset(), fold_others=False)
        self._arrange()

    @property
    def grouped_by(self) -> GroupBy | None:
        """What was asked for last."""
        return self._by

    def fold(self, key: str, folded: bool) -> None:
        """Show a group's heading alone, or its exchanges as well."""
        arrangement = self._arrangement
        keys = arrangement.folded - {key}
        if folded != arrangement.fold_others:
            keys |= {key}
        self._arrangement = replace(arrangement, folded=keys)
        with self._rearranged():
            self._rows.fold(key, folded)

    def fold_all(self, folded: bool) -> None:
        """Fold every group, those to come as well, or unfold them."""
        self._arrangement = replace(self._arrangement, folded=frozenset(), fold_others=folded)
        with self._rearranged():
            for group in self._rows.groups:
                self._rows.fold(group.key, folded)

    def cell_text(self, exchange: Exchange, column: int) -> str:
        """What a row says of an exchange in a column."""
        return cell_text(exchange, column, self.now_ns(), self.extent.first_ns)

    def cell_color(self, exchange: Exchange, column: int) -> QColor | None:
        """The colour of that text; None for that of all texts."""
        return cell_color(exchange, column, self.now_ns())

    # -- what Qt asks

    def rowCount(self, parent: QModelIndex = _ROOT) -> int:
        """Exchanges that are shown, and headings."""
        return 0 if parent.isValid() else self._rows.row_count

    def columnCount(self, parent: QModelIndex = _ROOT) -> int:
        """One per member of ExchangeColumn."""
        return 0 if parent.isValid() else len(ExchangeColumn)

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Texts, colours and tooltips of a cell."""
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return alignment(index.column())
        if role == Qt.ItemDataRole.FontRole:
            return theme.mono_font() if index.column() == ExchangeColumn.CORRELATION else None
        if role not in _ROLES:
            return None
        found = self.at(index.row())
        if isinstance(found, Group):
            return group_cell(found, index.column()) if role == Qt.ItemDataRole.DisplayRole else None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.cell_text(found, index.column())
        if role == Qt.ItemDataRole.ForegroundRole:
            return self.cell_color(found, index.column())
        if role == Qt.ItemDataRole.BackgroundRole:
            return theme.current().color("warning_back") if is_missing(found, self.now_ns()) else None
        return description(found)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Titles of the columns."""
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(TITLES):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return TITLES[section]
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{TIPS[section]}. Click to sort."
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return alignment(section)
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by raw values; of equal ones the later request is the greater. Within groups, where there are any."""
        descending = order == Qt.SortOrder.DescendingOrder
        self._arrangement = replace(self._arrangement, key=KEYS[ExchangeColumn(column)], descending=descending)
        self._arrange()

    # -- inside

    def _arrange(self) -> None:
        """Make the rows anew: at once, or in a thread where there are many."""
        self._work.cancel()
        self._missed.clear()
        exchanges, count, matches, by, arrangement = (
            self._exchanges, self._count, self._matches, self._by, self._arrangement
        )  # fmt: skip
        known = self._grouping if self._grouping is not None and self._grouping.by is by else None

        def work(_job: object = None) -> tuple[Grouping | None, ExchangeRows]:
            grouping = known
            if by is not None and grouping is None:
                grouping = Grouping(by)
                grouping.update(exchanges[place] for place in range(count))
            told = replace(arrangement, group_of=None if grouping is None or by is None else group_of(grouping))
            return grouping, ExchangeRows(exchanges, count, told, matches)

        if count <= _AT_ONCE:
            self._take(work())
        else:
            self._work.start(work, self._take, self._arranging_failed)

    def _arranging_failed(self, error: Exception) -> None:
        raise error

    def _take(self, made: tuple[Grouping | None, ExchangeRows]) -> None:
        grouping, rows = made
        missed = sorted(self._missed)
        self._missed.clear()
        if grouping is not None and grouping is not self._grouping:
            grouping.update(self._exchanges[number - 1] for number in missed)
        self._grouping = grouping
        rows.update(missed)
        with self._rearranged():
            self._rows = rows
            for group in rows.groups:
                rows.fold(group.key, self._arrangement.is_folded(group.key))
        self.rearranged.emit()

    def _show_changes(self, changed: Sequence[int], new: Sequence[int]) -> None:
        """Let the rows follow: new ones at the end, or by a new order where more than that has to be done."""
        if self._work.busy:
            self._missed.update(changed, new)
        appended = self._rows.appended(changed, new)
        if appended is not None:
            first, count = appended
            if count:
                self.beginInsertRows(QModelIndex(), first, first + count - 1)
            self._count += len(new)
            self._rows.update(new)
            if count:
                self.endInsertRows()
        elif new or not self._rows.stays(changed):
            with self._rearranged():
                self._count += len(new)
                self._rows.update([*changed, *new])
            return
        else:
            self._rows.update(changed)
        rows = sorted({row for row in map(self._rows.row_of, changed) if row >= 0})
        for top, bottom in _runs(rows):
            self.dataChanged.emit(self.index(top, 0), self.index(bottom, ExchangeColumn.TIME))

    @contextlib.contextmanager
    def _rearranged(self) -> Iterator[None]:
        """Whatever is done within, tell the views where their rows went."""
        self.layoutAboutToBeChanged.emit()
        kept = self.persistentIndexList()
        found = [self._rows.at(index.row()) for index in kept]
        yield
        moved = []
        for one, index in zip(found, kept, strict=True):
            row = self._rows.row_of_group(one.key) if isinstance(one, Group) else self._rows.row_of(one)
            moved.append(self.index(row, index.column()) if row >= 0 else QModelIndex())
        self.changePersistentIndexList(kept, moved)
        self.layoutChanged.emit()

    def _note(self, numbers: Sequence[int]) -> None:
        touched = [self._exchanges[number - 1] for number in numbers]
        self.statistics.update(touched)
        if self._grouping is not None:
            self._grouping.update(touched)
        for exchange in touched:
            self.extent.include(exchange)
        self.extent.waiting = self.statistics.overall.open > 0

    def _on_theme(self) -> None:
        if self._rows.row_count:
            last = self.index(self._rows.row_count - 1, ExchangeColumn.TIME)
            self.dataChanged.emit(self.index(0, 0), last, [Qt.ItemDataRole.ForegroundRole])


_ROLES = (
    Qt.ItemDataRole.DisplayRole,
    Qt.ItemDataRole.ForegroundRole,
    Qt.ItemDataRole.BackgroundRole,
    Qt.ItemDataRole.ToolTipRole,
)


def _runs(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """Ascending numbers as runs without gaps, first and last of each."""
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return runs
