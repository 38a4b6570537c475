"""The Handshake tab: what was offered, what was chosen, and what a refusal says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..models.entry_handshake import handshake_rows
from .entry_list_page import EntryListPage

if TYPE_CHECKING:
    from ..models.entry_content import EntryContent


class EntryHandshake(EntryListPage):
    """Explains a handshake line by line."""

    def __init__(self) -> None:
        super().__init__("entryHandshake", "Handshake line by line")
        self.show_content(None)

    def show_content(self, content: EntryContent | None) -> None:
        """Explain this entry; None for no entry."""
        if content is None:
            self.say("")
            return
        self.work_out(
            lambda: handshake_rows(content), len(content.payload), "This entry says nothing of a handshake.", "See Raw."
        )
