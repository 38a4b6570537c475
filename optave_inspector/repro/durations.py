"""Times as a person writes them: ``2 s``, ``500 ms``, ``1.5 min``."""

from __future__ import annotations

import re

_UNITS = {"ms": 0.001, "s": 1.0, "min": 60.0, "h": 3600.0}
_DURATION = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)\s*(ms|s|min|h)", re.ASCII)

LONGEST_S = 24 * 3600.0


def seconds(text: str) -> float | None:
    """The seconds that ``text`` says; None when it says none, or more than a day."""
    found = _DURATION.fullmatch(text.strip())
    if found is None:
        return None
    value = float(found[1]) * _UNITS[found[2]]
    return value if value <= LONGEST_S else None


def duration(value: float) -> str:
    """``value`` seconds as :func:`seconds` reads them, in the unit that reads best."""
    if value < 1:
        return f"{round(value * 1000)} ms"
    if value < 120 or value % 60:
        return f"{round(value, 3):g} s" if value < 1000 else f"{round(value)} s"
    return f"{round(value / 60)} min"
