"""Two sides to compare: the session at hand or a stored capture, each whole or a part of its time."""

from __future__ import annotations

import bisect
import math
import operator
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .capture.progress import Stopped, never, unheard
from .capture.store import CaptureStore
from .errors import InspectorError
from .replay import CaptureReplay
from .tracing.comparison import Comparison, compare

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from .capture.progress import Progress, Stop
    from .protocol.contract import Contract
    from .tracing.exchange import Exchange

_SENT = operator.attrgetter("sent_ns")
_S = 1_000_000_000
_TIME = re.compile(r"(?:(?:(\d+):)?(\d+):)?(\d+(?:[.,]\d+)?)\s*s?")


@dataclass(frozen=True, slots=True)
class TimePart:
    """A part of the time, in seconds since the first request."""

    from_s: float = 0.0
    to_s: float = math.inf

    @property
    def is_whole(self) -> bool:
        """Whether it leaves nothing out."""
        return self.from_s <= 0 and self.to_s == math.inf

    def __str__(self) -> str:
        if self.is_whole:
            return "all of it"
        end = "the end" if self.to_s == math.inf else time_text(self.to_s)
        return f"from {time_text(self.from_s)} to {end}"


@dataclass(frozen=True, slots=True)
class Side:
    """One side, as the user chose it."""

    name: str
    path: Path | None = None
    """The capture; None for the session or the capture at hand."""
    part: TimePart = TimePart()

    def __str__(self) -> str:
        return f"{self.name}, {self.part}"


@dataclass(frozen=True, slots=True)
class Steps:
    """The exchanges of one side in the order of their requests; read one by one, as there may be very many."""

    exchanges: Sequence[Exchange]
    places: range

    def __len__(self) -> int:
        return len(self.places)

    def __getitem__(self, step: int) -> Exchange:
        return self.exchanges[self.places[step]]

    def __iter__(self) -> Iterator[Exchange]:
        return (self.exchanges[place] for place in self.places)


@dataclass(frozen=True, slots=True)
class Compared:
    """Both sides, the left one first, and what the comparison found."""

    sides: tuple[Side, Side]
    steps: tuple[Steps, Steps]
    result: Comparison


def compare_sides(
    left: Side,
    right: Side,
    at_hand: Sequence[Exchange],
    contract: Contract,
    progress: Progress = unheard,
    stop: Stop = never,
) -> Compared:
    """Read what is to be read and compare, in a thread: seconds for large captures.

    Raises Stopped, StoreError for a capture that cannot be read, and InspectorError for a part without a request.
    """
    paths = list(dict.fromkeys(side.path for side in (left, right) if side.path is not None))
    read: dict[Path | None, Sequence[Exchange]] = {None: at_hand}
    for number, path in enumerate(paths):
        read[path] = _read(path, contract, _share(progress, number, len(paths)), stop)
    both = (_steps(left, read[left.path]), _steps(right, read[right.path]))
    result = compare(_until(both[0], stop), _until(both[1], stop))
    return Compared((left, right), both, result)


def parse_time(text: str) -> float | None:
    """Seconds of ``1:30``, ``0:01:30``, ``90`` or ``90.5 s``; None where that makes no sense."""
    match = _TIME.fullmatch(text.strip())
    if match is None:
        return None
    hours, minutes, seconds = match.groups()
    return int(hours or 0) * 3600 + int(minutes or 0) * 60 + float(seconds.replace(",", "."))


def time_text(seconds: float) -> str:
    """Seconds in the form that :func:`parse_time` reads."""
    minutes, rest = divmod(round(seconds * 1000) / 1000, 60)
    hours, minutes = divmod(int(minutes), 60)
    second = f"{rest:06.3f}".rstrip("0").rstrip(".")
    return f"{hours}:{minutes:02d}:{second}" if hours else f"{minutes}:{second}"


def _read(path: Path, contract: Contract, progress: Progress, stop: Stop) -> Sequence[Exchange]:
    store = CaptureStore.open(path, read_only=True)
    try:
        return CaptureReplay(store, contract).rebuild(progress, stop).exchanges
    finally:
        store.close()


def _steps(side: Side, exchanges: Sequence[Exchange]) -> Steps:
    # What a session at hand gets meanwhile is not compared.
    count = len(exchanges)
    first, last = 0, count
    if count and not side.part.is_whole:
        origin_ns = exchanges[0].sent_ns
        first = bisect.bisect_left(exchanges, origin_ns + round(side.part.from_s * _S), 0, count, key=_SENT)
        if side.part.to_s != math.inf:
            end_ns = origin_ns + round(side.part.to_s * _S)
            last = bisect.bisect_right(exchanges, end_ns, first, count, key=_SENT)
    if first == last:
        raise InspectorError(f"There is no request in {side}.", "Choose another capture or a longer time.")
    return Steps(exchanges, range(first, last))


def _share(progress: Progress, number: int, of: int) -> Progress:
    return lambda done, total: progress(number * total + done, of * total)


def _until(steps: Steps, stop: Stop) -> Iterator[Exchange]:
    for number, exchange in enumerate(steps):
        if number % 1024 == 0 and stop():
            raise Stopped
        yield exchange
