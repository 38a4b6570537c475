"""The axes of the latency plot, which write times as the rest of the window does. Needs pyqtgraph: import it late."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from pyqtgraph import AxisItem

from ..delegates.waterfall_geometry import TimeAxis
from ..models.formats import duration_text

if TYPE_CHECKING:
    from collections.abc import Sequence

_S = 1_000_000_000
_GAP_PX = 72.0
_LABEL_PX = 13.0


class TimeAxisItem(AxisItem):
    """Seconds since the first request, at round times."""

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:
        """The same ticks as the waterfall has."""
        span = high - low
        if not size or not math.isfinite(span) or span <= 0:
            return []
        ticks = TimeAxis(round(low * _S), round(high * _S)).ticks(size, _GAP_PX)
        values = [low + tick.x / size * span for tick in ticks]
        self._labels = {value: tick.label for value, tick in zip(values, ticks, strict=True)}
        return [(span / max(len(values), 1), values)]

    def tickStrings(self, values: list[float], _scale: float, _spacing: float) -> list[str]:
        """The labels of these ticks."""
        return [self._labels.get(value, "") for value in values]


class DurationAxisItem(AxisItem):
    """Durations, in seconds or as their decimal logarithms."""

    logarithmic = False

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:
        """Round durations with room between them."""
        if not size or not math.isfinite(high - low) or high <= low:
            return []
        if not self.logarithmic:
            return super().tickValues(max(low, 0.0), high, size)[:1]
        per_decade = size / (high - low)
        parts = (1, 2, 5) if per_decade >= 3 * 22 else (1,)
        step = max(1, math.ceil(24 / per_decade))
        decades = range(math.floor(low), math.ceil(high) + 1)
        values = [decade + math.log10(part) for decade in decades if decade % step == 0 for part in parts]
        return [(1.0, [value for value in values if low <= value <= high])]

    def tickStrings(self, values: list[float], _scale: float, _spacing: float) -> list[str]:
        """The durations in words."""
        return [duration_words(10.0**value if self.logarithmic else value) for value in values]


class CountAxisItem(AxisItem):
    """Nothing and the most, for a strip that has no room for more."""

    most = 0.0

    def tickValues(self, _low: float, _high: float, _size: float) -> list[tuple[float, list[float]]]:
        """Two ticks."""
        return [(max(self.most, 1.0), [0.0, self.most] if self.most else [0.0])]

    def tickStrings(self, values: list[float], _scale: float, _spacing: float) -> list[str]:
        """Whole numbers."""
        return [f"{value:,.0f}" for value in values]


class LineAxisItem(AxisItem):
    """Names of lines at the right; of lines that lie close together one label."""

    lines: Sequence[tuple[str, float]] = ()
    """Name and height of each, from low to high."""

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:
        """Where there is a label."""
        self._labels: dict[float, str] = {}
        if not size or not high > low:
            return []
        last = -math.inf
        for name, height in self.lines:
            if not low <= height <= high:
                continue
            if self._labels and (height - last) / (high - low) * size < _LABEL_PX:
                self._labels[last] += f"/{name.removeprefix('p')}"
            else:
                self._labels[height] = name
                last = height
        return [(high - low, list(self._labels))]

    def tickStrings(self, values: list[float], _scale: float, _spacing: float) -> list[str]:
        """The names."""
        return [self._labels.get(value, "") for value in values]


def duration_words(seconds: float) -> str:
    """A round duration, as short as can be: ``1 ms``, ``0.5 s``, ``2 min``."""
    if seconds <= 0:
        return "0"
    if seconds < 0.001:
        return f"{seconds * 1e6:.3g} µs"
    if seconds < 1:
        return f"{seconds * 1e3:.3g} ms"
    if seconds < 60:
        return f"{seconds:.3g} s"
    return duration_text(round(seconds * _S))
