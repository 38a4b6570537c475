"""Times of exchanges in arrays, and which of them to draw. Needs numpy: import it late."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from ...tracing.exchange import Exchange

_FIRST_SIZE = 1024


class LatencyPoints:
    """When each exchange was sent, how long it took and how it stands; exchange ``n`` at place ``n - 1``.

    Times are seconds, ``sent_s`` from the first request on; NaN for what has not happened. Note what is new or has
    changed, and call :meth:`work` until it is done.
    """

    def __init__(self, exchanges: Sequence[Exchange]) -> None:
        self._exchanges = exchanges
        self._sent = np.empty(_FIRST_SIZE)
        self._total = np.empty(_FIRST_SIZE)
        self._first = np.empty(_FIRST_SIZE)
        self._status = np.empty(_FIRST_SIZE, np.uint8)
        self._action = np.empty(_FIRST_SIZE, np.uint16)
        self._count = 0
        self._origin_ns = 0
        self._changed: set[int] = set()
        self.actions: dict[str, int] = {}
        """The number of each action, in the order of first use."""

    @property
    def sent_s(self) -> NDArray[np.float64]:
        """When the requests were sent."""
        return self._sent[: self._count]

    @property
    def total_s(self) -> NDArray[np.float64]:
        """From the request to the end, whatever the end was."""
        return self._total[: self._count]

    @property
    def first_s(self) -> NDArray[np.float64]:
        """From the request to the first answer."""
        return self._first[: self._count]

    @property
    def status(self) -> NDArray[np.uint8]:
        """The status of each."""
        return self._status[: self._count]

    @property
    def action(self) -> NDArray[np.uint16]:
        """The action of each, by its number in ``actions``."""
        return self._action[: self._count]

    def changed(self, numbers: Iterable[int]) -> None:
        """Note exchanges that have changed; new ones need not be noted."""
        self._changed.update(number for number in numbers if number <= self._count)

    def work(self, most: int) -> bool:
        """Take in at most ``most`` exchanges; whether all are in."""
        for _ in range(min(most, len(self._changed))):
            self._take(self._changed.pop() - 1)
        upto = min(len(self._exchanges), self._count + most)
        if upto > len(self._sent):
            self._grow(upto)
        for place in range(self._count, upto):
            self._take(place)
        self._count = upto
        return not self._changed and upto == len(self._exchanges)

    def _take(self, place: int) -> None:
        exchange = self._exchanges[place]
        if not place:
            self._origin_ns = exchange.sent_ns
        self._sent[place] = (exchange.sent_ns - self._origin_ns) / 1e9
        self._total[place] = exchange.total_ns / 1e9 if exchange.total_ns >= 0 else np.nan
        self._first[place] = exchange.first_ns / 1e9 if exchange.update_ns else np.nan
        self._status[place] = exchange.status
        self._action[place] = self.actions.setdefault(exchange.action, len(self.actions))

    def _grow(self, least: int) -> None:
        size = max(least, 2 * len(self._sent))
        for name in ("_sent", "_total", "_first", "_status", "_action"):
            before = getattr(self, name)
            after = np.empty(size, before.dtype)
            after[: len(before)] = before
            setattr(self, name, after)


def one_per_cell(x: NDArray[np.float64], y: NDArray[np.float64], cell: float) -> NDArray[np.intp]:
    """Places of as many points as suffice for a picture: of those that would lie in one square, the last one.

    ``x`` and ``y`` are pixels of one picture, ``cell`` is the square's side. Each square with a point in it
    keeps one, so that what lies apart from the others is always there.
    """
    if not len(x):
        return np.empty(0, np.intp)
    columns = np.floor((x - x.min()) / cell).astype(np.int64)
    rows = np.floor((y - y.min()) / cell).astype(np.int64)
    height = int(rows.max()) + 1
    codes = columns * height + rows
    size = (int(columns.max()) + 1) * height
    last = np.full(size, -1, np.intp)
    last[codes] = np.arange(len(x))
    return np.sort(last[last >= 0])


def nearest(x: NDArray[np.float64], y: NDArray[np.float64], at: tuple[float, float], most: float) -> int:
    """The place of the point that is nearest to ``at``, and not farther than ``most``; -1 for none. All in pixels."""
    if not len(x):
        return -1
    distances = np.hypot(x - at[0], y - at[1])
    distances[np.isnan(distances)] = np.inf
    place = int(distances.argmin())
    return place if distances[place] <= most else -1
