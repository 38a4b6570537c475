"""A tab of the detail pane that lists rows of words about the entry, worked out in a thread where that takes time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from ...capture.schema import StoreError
from ..models.background import Background
from ..models.entry_content import AT_ONCE
from ..widgets.detail_list import DetailList
from ..widgets.empty_state import EmptyState

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ..models.detail_row import DetailRow


class EntryListPage(QWidget):
    """A list, and a sentence in its place where there is nothing to list. Controls go into ``top``."""

    def __init__(self, object_name: str, accessible_name: str) -> None:
        super().__init__()
        self.setObjectName(object_name)
        self.list = DetailList(f"{object_name}List", accessible_name)
        self.empty = EmptyState(f"{object_name}Empty")
        self.pages = QStackedWidget()
        self.pages.addWidget(self.list)
        self.pages.addWidget(self.empty)
        self.top = QVBoxLayout()
        self.top.setSpacing(6)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 6, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(self.top)
        layout.addWidget(self.pages, 1)
        self.setFocusProxy(self.list)
        self._work = Background(accessible_name, self)

    @property
    def busy(self) -> bool:
        """Whether rows are being worked out."""
        return self._work.busy

    def say(self, sentence: str, hint: str = "") -> None:
        """Show a sentence instead of rows."""
        self._work.cancel()
        self.list.show_rows(())
        self.empty.say(sentence, hint)
        self.pages.setCurrentWidget(self.empty)

    def work_out(
        self,
        make: Callable[[], Sequence[DetailRow]],
        size: int,
        nothing: str,
        hint: str = "",
        *,
        at_once: int = AT_ONCE,
    ) -> None:
        """Show what ``make`` gives, or ``nothing`` where it gives no rows.

        In a thread when ``size``, the bytes to be looked through, is more than ``at_once``.
        """

        def show(rows: Sequence[DetailRow]) -> None:
            if not rows:
                self.say(nothing, hint)
                return
            self.list.show_rows(rows)
            self.pages.setCurrentWidget(self.list)

        def failed(error: Exception) -> None:
            reason = "The capture does not hold the entry." if isinstance(error, KeyError) else f"{error}"
            self.say("This could not be worked out.", reason)

        self._work.cancel()
        if size > at_once:
            self.say("Working it out…")
            self._work.start(lambda _job: make(), show, failed)
            return
        try:
            rows = make()
        except (StoreError, KeyError) as error:
            failed(error)
        else:
            show(rows)
