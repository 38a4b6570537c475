"""The Checks tab: every verdict on the entry, each finding with its place in the tree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..models.entry_verdicts import verdict_rows
from .entry_list_page import EntryListPage

if TYPE_CHECKING:
    from ..bridge import SessionBridge
    from ..models.entry_content import EntryContent

_AT_ONCE = 16 * 1024
"""Bytes of a message up to which even thousands of findings do not hold up the window."""


class EntryFindings(EntryListPage):
    """Shows the verdicts on one entry and follows what becomes of its exchange."""

    def __init__(self, bridge: SessionBridge) -> None:
        super().__init__("entryFindings", "Findings of the checks")
        self.list.setAccessibleDescription("Enter goes to the place of a finding in the tree.")
        self._session = bridge.session
        self._content: EntryContent | None = None
        bridge.exchangesChanged.connect(self._on_changed)

    def show_content(self, content: EntryContent | None) -> None:
        """Show the verdicts on an entry; None for no entry."""
        self._content = content
        if content is None:
            self.say("")
            return
        number, exchanges = content.entry.exchange, self._session.exchanges
        exchange = exchanges[number - 1] if 0 < number <= len(exchanges) else None
        contract, reason = self._session.contract, self._session.reason(content.entry)
        self.work_out(
            lambda: verdict_rows(content, exchange, contract, reason),
            len(content.payload),
            "There is nothing to check here.",
            "Messages and close frames are checked.",
            at_once=_AT_ONCE,
        )

    def _on_changed(self, numbers: list[int]) -> None:
        if self._content is not None and self._content.entry.exchange in numbers:
            self.show_content(self._content)
