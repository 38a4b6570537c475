"""Comparing two captures or two times of one, from the window of a session or of a stored capture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from ..comparing import Side, TimePart, compare_sides
from .actions import make_action
from .dialogs.compare_dialog import CompareDialog
from .dialogs.compare_result import CompareResult
from .dialogs.work_dialog import WorkDialog

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from PySide6.QtWidgets import QWidget

    from ..comparing import Compared
    from .bridge import SessionBridge

_PART = TimePart()


class CaptureComparing(QObject):
    """The action that asks for two sides, compares them and shows the outcome."""

    def __init__(
        self,
        bridge: SessionBridge,
        window: QWidget,
        show_exchange: Callable[[Path | None, int], None],
        at_hand: str,
        name: str = "compareAction",
        recent: Callable[[], Sequence[Path]] = tuple,
    ) -> None:
        """``at_hand``: what the session or capture of this window is called. ``show_exchange``: goes to an exchange
        of a capture, or of this window where that is None."""
        super().__init__(window)
        self._bridge = bridge
        self._window = window
        self._show_exchange = show_exchange
        self._at_hand = at_hand
        self._recent = recent
        tip = "Set two captures, or two times of one, side by side: numbers and the first point where they part"
        self.action = make_action(self, name, "Co&mpare captures…", self.ask, tip=tip)

    def ask(self, part: TimePart = _PART) -> None:
        """Ask what to compare; ``part`` is the time that the user looks at."""
        dialog = CompareDialog(self._at_hand, list(self._recent()), part, self._window)
        dialog.chosen.connect(self.compare)
        dialog.open()

    def compare(self, left: Side, right: Side) -> None:
        """Compare two sides off the window's thread."""
        session, tell = self._bridge.session, self._bridge.tell_error
        dialog = WorkDialog("compareWork", "Comparing", f"Comparing {left} with {right}.", self._window)
        dialog.start(
            lambda progress, stop: compare_sides(left, right, session.exchanges, session.contract, progress, stop),
            self._show,
            lambda sentence: tell(f"Nothing was compared. {sentence}"),
        )

    def _show(self, compared: Compared) -> None:
        result = CompareResult(compared, self._window)
        result.openAsked.connect(lambda side, number: self._show_exchange(side.path, number))
        result.show()
