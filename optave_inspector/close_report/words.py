"""Spans and counts in the words of a report."""

from __future__ import annotations


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
