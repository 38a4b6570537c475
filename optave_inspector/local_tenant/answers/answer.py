"""The answer of one action."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes into a superpower's one response item."""

    content: str
    """The answer in words; what a streamed answer grows."""
    details: dict[str, Any] = field(default_factory=dict)
    """Further fields of the response item; items are open objects (``protocol.md`` section 7)."""
