"""Spans and counts in the words of a report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..client.events import Closer

if TYPE_CHECKING:
    from ..client.events import Ending

_BAD_GATEWAY = 1014
"""The one code that something before the tenant sends of itself."""


def closer_words(ending: Ending) -> str:
    """Who closed, as the message bar and the report say it."""
    if ending.first is Closer.PEER:
        return "closed by the server" if ending.code == _BAD_GATEWAY else "closed by the tenant"
    if ending.first is Closer.INSPECTOR:
        return "failed by the inspector" if ending.failed else "closed by the inspector"
    return "dropped by the inspector" if ending.by_user else "closed by nobody"


def spoken_duration(nanoseconds: int) -> str:
    """``48 ms``, ``1.4 s``, ``41 s``, ``12 min 41 s``, ``3 h 02 min``."""
    seconds = max(nanoseconds, 0) / 1e9
    if seconds < 0.9995:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 10:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(int(seconds), 60)
    if not minutes:
        return f"{rest} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min {rest:02} s"


def counted(count: int, one: str, many: str = "") -> str:
    """``1 request``, ``1,204 requests``."""
    return f"{count:,} {one if count == 1 else many or f'{one}s'}"


def capital(text: str) -> str:
    """``text`` as the beginning of a sentence."""
    return text[:1].upper() + text[1:]
