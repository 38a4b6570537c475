"""The header of the frame log: which columns there are, in which order and how wide, and what of that is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QHeaderView, QMenu, QTableView

from ..delegates.frame_row import PADDING
from ..models.frame_columns import COLUMNS, FrameColumn
from ..models.frame_text import BOOKMARK

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ..delegates.frame_row import FrameDelegate

_SUMMARY_WANTED = 150
_SUMMARY_AT_LEAST = 90
_NARROWEST = 18
_USUAL_DIGITS = 4


class FrameHeader(QHeaderView):
    """Columns that the user picks, orders and sizes; until then, those for which there is room.

    The summary takes what the others leave. While :attr:`fits` is on, columns that matter least leave when the log gets
    narrow, so that nothing has to be scrolled for.
    """

    laidOut = Signal()
    """Positions, widths or visibility changed."""
    elapsedChosen = Signal(bool)
    """Times are to count from the first entry, or to be of day."""

    def __init__(self, view: QTableView, delegate: FrameDelegate) -> None:
        super().__init__(Qt.Orientation.Horizontal, view)
        self.setObjectName("framesHeader")
        self.setAccessibleName("Columns of the frame log")
        self._delegate = delegate
        self._hidden: set[FrameColumn] = set()
        self._widths: dict[FrameColumn, int] = {}
        self._digits = _USUAL_DIGITS
        self._arranging = False
        self.fits = True
        """Whether columns may leave for want of room."""
        self._menu = QMenu(self)
        self._menu.setObjectName("framesColumnsMenu")
        self._column_actions: dict[FrameColumn, QAction] = {}
        self._build_menu()
        self.setSectionsMovable(True)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(_NARROWEST)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(lambda at: self._menu.popup(self.mapToGlobal(at)))
        self.sectionResized.connect(self._on_resized)
        self.sectionMoved.connect(lambda *_: self._tell())

    @property
    def menu(self) -> QMenu:
        """Columns and the form of times, for the header and for a button."""
        return self._menu

    def shown_columns(self) -> list[FrameColumn]:
        """The visible columns from left to right."""
        order = (FrameColumn(self.logicalIndex(at)) for at in range(self.count()))
        return [column for column in order if not self.isSectionHidden(column)]

    def make_room_for(self, count: int) -> None:
        """Let the first column hold numbers up to ``count``."""
        digits = max(len(str(count)), _USUAL_DIGITS)
        if digits != self._digits:
            self._digits = digits
            self.arrange()

    def arrange(self) -> None:
        """Give every column its width and let the last ones leave where there is no room."""
        if not self.count():
            return
        self._arranging = True
        room = self.parentWidget().viewport().width()
        gone = self._without_room(room)
        for column in FrameColumn:
            self.setSectionHidden(column, column in self._hidden or column in gone)
            if column is not FrameColumn.SUMMARY:
                self.resizeSection(column, self._width(column))
        taken = sum(self.sectionSize(column) for column in self.shown_columns() if column is not FrameColumn.SUMMARY)
        least = max(_SUMMARY_AT_LEAST, self._widths.get(FrameColumn.SUMMARY, 0))
        self.resizeSection(FrameColumn.SUMMARY, max(room - taken, least))
        self._arranging = False
        for column, action in self._column_actions.items():
            action.setText(f"{COLUMNS[column].name} (no room)" if column in gone else COLUMNS[column].name)
        self._tell()

    def show_column(self, column: FrameColumn, shown: bool) -> None:
        """Show or hide a column by the user's choice. The last visible one stays."""
        hidden = self._hidden - {column} if shown else self._hidden | {column}
        if len(hidden) < len(FrameColumn):
            self._hidden = hidden
        self._column_actions[column].setChecked(column not in self._hidden)
        self.arrange()

    def set_fits(self, fits: bool) -> None:
        """Let columns leave for want of room, or scroll instead."""
        self.fits = fits
        self._fit_action.setChecked(fits)
        self.arrange()

    def save_state(self) -> dict[str, Any]:
        """Order, chosen widths and visibility by the columns' names."""
        return {
            "order": [FrameColumn(self.logicalIndex(at)).name.lower() for at in range(self.count())],
            "hidden": sorted(column.name.lower() for column in self._hidden),
            "widths": {column.name.lower(): width for column, width in self._widths.items()},
            "fits": self.fits,
        }

    def restore_state(self, state: Mapping[str, Any]) -> None:
        """What :meth:`save_state` gave; anything else in it is passed over."""
        order = _columns(state.get("order"))
        order += [column for column in FrameColumn if column not in order]
        for at, column in enumerate(order):
            self.moveSection(self.visualIndex(column), at)
        self._hidden = set(_columns(state.get("hidden"))[: len(FrameColumn) - 1])
        widths = state.get("widths")
        self._widths = {}
        if isinstance(widths, dict):
            for column in _columns(widths):
                width = widths[column.name.lower()]
                if isinstance(width, int):
                    self._widths[column] = min(max(width, _NARROWEST), 4000)
        for column, action in self._column_actions.items():
            action.setChecked(column not in self._hidden)
        self.set_fits(state.get("fits") is not False)

    def use_usual(self) -> None:
        """All columns, in their usual order and width."""
        self.restore_state({})

    def show_elapsed(self, elapsed: bool) -> None:
        """Tell the menu which form of time is in force."""
        self._time_actions[elapsed].setChecked(True)

    def _build_menu(self) -> None:
        for column in FrameColumn:
            action = self._menu.addAction(COLUMNS[column].name)
            action.setObjectName(f"framesColumn{column.name.title()}Action")
            action.setCheckable(True)
            action.setChecked(True)
            action.toggled.connect(lambda shown, column=column: self.show_column(column, shown))
            self._column_actions[column] = action
        self._menu.addSeparator()
        times = QActionGroup(self)
        self._time_actions = {}
        for elapsed, text, name in (
            (False, "Time of day", "framesTimeOfDayAction"),
            (True, "Time since the first entry", "framesElapsedAction"),
        ):
            action = times.addAction(text)
            action.setObjectName(name)
            action.setCheckable(True)
            action.setChecked(not elapsed)
            action.triggered.connect(lambda _checked, elapsed=elapsed: self.elapsedChosen.emit(elapsed))
            self._menu.addAction(action)
            self._time_actions[elapsed] = action
        self._menu.addSeparator()
        self._fit_action = self._menu.addAction("Leave out what has no room")
        self._fit_action.setObjectName("framesFitColumnsAction")
        self._fit_action.setCheckable(True)
        self._fit_action.setChecked(True)
        self._fit_action.toggled.connect(self.set_fits)
        reset = self._menu.addAction("Usual columns")
        reset.setObjectName("framesResetColumnsAction")
        reset.triggered.connect(self.use_usual)

    def _without_room(self, room: int) -> set[FrameColumn]:
        if not self.fits:
            return set()
        shown = [column for column in FrameColumn if column not in self._hidden]
        need = sum(self._width(column) for column in shown if column is not FrameColumn.SUMMARY) + _SUMMARY_WANTED
        gone: set[FrameColumn] = set()
        for column in sorted((one for one in shown if COLUMNS[one].gives_way), key=lambda one: COLUMNS[one].gives_way):
            if need <= room:
                break
            gone.add(column)
            need -= self._width(column)
        return gone

    def _width(self, column: FrameColumn) -> int:
        if column in self._widths:
            return self._widths[column]
        widest = f"{BOOKMARK} {'0' * self._digits}" if column is FrameColumn.NUMBER else COLUMNS[column].widest
        title = self.fontMetrics().horizontalAdvance(COLUMNS[column].title) + 2 * PADDING + 4
        return max(self._delegate.text_width(column, widest), title)

    def _on_resized(self, section: int, _old: int, new: int) -> None:
        if self._arranging:
            return
        if new:
            self._widths[FrameColumn(section)] = new
        if section != FrameColumn.SUMMARY:
            self.arrange()
        self._tell()

    def _tell(self) -> None:
        if not self._arranging:
            self.laidOut.emit()


def _columns(names: object) -> list[FrameColumn]:
    if not isinstance(names, (list, dict)):
        return []
    known = {column.name.lower(): column for column in FrameColumn}
    return list(dict.fromkeys(known[name] for name in _texts(names) if name in known))


def _texts(names: Iterable[object]) -> list[str]:
    return [name for name in names if isinstance(name, str)]
