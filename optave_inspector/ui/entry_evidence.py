"""Messages of the log as something to send: what can be edited, and what it is read into."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..capture.entry import EntryKind
from ..compose.evidence import Evidence, read_evidence
from ..errors import InspectorError

if TYPE_CHECKING:
    from ..capture.entry import Entry
    from ..capture.store import CaptureStore

_MOST_BYTES = 8_000_000
"""The editor is comfortable with some 128 KB, and no message that a tenant takes is larger."""


def is_text(entry: Entry) -> bool:
    """Whether an entry is a text message, sent, received, or not sent for want of a connection."""
    return entry.kind in (EntryKind.TEXT, EntryKind.NOT_SENT)


def was_own(entry: Entry) -> bool:
    """Whether it is a text message that was sent from here, or was to be."""
    return entry.kind == EntryKind.NOT_SENT or (entry.kind == EntryKind.TEXT and entry.direction == 1)


def read_entry(store: CaptureStore, number: int) -> Evidence:
    """A text message of a capture. Raises InspectorError where there is none, or none that an editor could hold."""
    entry = store.entry(number)
    if not is_text(entry):
        raise InspectorError(f"Entry {number} is no text message.", "Only those can be edited.")
    if entry.size > _MOST_BYTES:
        raise InspectorError(
            f"Entry {number} has {entry.size / 1e6:,.0f} MB, which is too much for the editor.",
            "Copy or save its payload.",
        )
    return read_evidence(store.payload(number).decode(errors="replace"))
