"""Numbers as the panels write them: sizes, times, durations; short and in one form, so that columns align."""

from __future__ import annotations

import functools
import time

_NS_PER_S = 1_000_000_000


def size_text(size: int) -> str:
    """Bytes in decimal units: ``14 B``, ``2.1 kB``, ``52.4 MB``."""
    if size < 1000:
        return f"{size} B"
    for unit in ("kB", "MB"):
        size_in_unit = size / (1000 if unit == "kB" else 1_000_000)
        if size_in_unit < 999.95:
            return f"{size_in_unit:.1f} {unit}"
    return f"{size / 1_000_000_000:.1f} GB"


def duration_text(nanoseconds: int) -> str:
    """A span for people, three digits or so: ``610 ms``, ``2.41 s``, ``4 min 12 s``, ``2 h 05 min``."""
    milliseconds = nanoseconds / 1_000_000
    if milliseconds < 9.95:
        return f"{milliseconds:.1f} ms"
    if milliseconds < 999.5:
        return f"{milliseconds:.0f} ms"
    seconds = milliseconds / 1000
    if seconds < 9.995:
        return f"{seconds:.2f} s"
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest:02d} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02d} min"


def delta_text(nanoseconds: int) -> str:
    """The step from one row to the next, signed, in seconds: ``+0.610``, ``+27.376``, ``+12:41`` from 1,000 s on."""
    sign = "-" if nanoseconds < 0 else "+"
    milliseconds = (abs(nanoseconds) + 500_000) // 1_000_000
    if milliseconds < 1_000_000:
        return f"{sign}{milliseconds // 1000}.{milliseconds % 1000:03d}"
    minutes, seconds = divmod(milliseconds // 1000, 60)
    return f"{sign}{minutes}:{seconds:02d}"


def wall_text(unix_ns: int) -> str:
    """Local time of day with milliseconds: ``12:40:03.626``."""
    seconds, rest = divmod(unix_ns, _NS_PER_S)
    return f"{_time_of_day(seconds)}.{rest // 1_000_000:03d}"


def elapsed_text(nanoseconds: int) -> str:
    """Time since the first entry in the form of a clock: ``00:12:41.024``."""
    milliseconds = max(nanoseconds, 0) // 1_000_000
    minutes, seconds = divmod(milliseconds // 1000, 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{seconds:02d}.{milliseconds % 1000:03d}"


@functools.lru_cache(maxsize=4096)
def _time_of_day(unix_s: int) -> str:
    return time.strftime("%H:%M:%S", time.localtime(unix_s))
