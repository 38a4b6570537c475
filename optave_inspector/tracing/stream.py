"""A streamed answer as it grew: what each update said, what it added, and where it stalled."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from ..protocol.read_json import without_surrogates
from ..protocol.stream_growth import Growth, message_texts, stream_growth
from ..protocol.text_diff import common_start

if TYPE_CHECKING:
    from collections.abc import Sequence

STALL_NS = 1_500_000_000
"""A silence as long as three intervals of the documented 500 ms (``protocol.md`` section 8.3) stands out."""
_STALL_FACTOR = 3
"""And it is that many times as long as is usual in the stream."""


@dataclass(slots=True)
class _Whole:
    """A text as long as it grew to; what extends another shares one with it."""

    text: str


@dataclass(frozen=True, slots=True)
class Passage:
    """One text of an update."""

    path: str
    added: int
    """Where that begins which the former update did not have."""
    _whole: _Whole
    _length: int

    @property
    def text(self) -> str:
        """All of it."""
        return without_surrogates(self._whole.text[: self._length])

    def __len__(self) -> int:
        return self._length


@dataclass(frozen=True, slots=True)
class StreamUpdate:
    """One answer of a stream."""

    entry: int
    at_ns: int
    """When it came, in nanoseconds since the request."""
    size: int
    """Bytes of the whole message."""
    passages: tuple[Passage, ...]
    growth: Growth | None
    """What became of the former update; None for the first one."""
    problem: str
    """Why there is no text, as a sentence; empty where there is."""

    @property
    def breaks(self) -> bool:
        """Whether it does not extend the former one, or cannot be compared with it."""
        return self.growth is not None and not self.growth.extends

    def text(self) -> tuple[str, list[tuple[int, int]]]:
        """What is to be read, and which parts of it are new: from and up to which character."""
        parts: list[str] = []
        lit: list[tuple[int, int]] = []
        length = 0
        for number, passage in enumerate(self.passages):
            # A single text needs no heading: its path says nothing to a reader.
            heading = f"{chr(10) * 2 if number else ''}{passage.path}\n" if len(self.passages) > 1 else ""
            text = passage.text
            begin = length + len(heading)
            if passage.added < len(text):
                lit.append((begin + passage.added, begin + len(text)))
            parts += [heading, text]
            length = begin + len(text)
        return "".join(parts), lit


class Stream:
    """Reads the answers to one request, in the order in which they came. Keeps each text once, at its longest."""

    def __init__(self) -> None:
        self._former = b""
        self._wholes: dict[str, tuple[_Whole, int]] = {}
        self._begun = False
        self.kept = 0
        """How many characters are kept."""

    def read(self, entry: int, at_ns: int, message: bytes) -> StreamUpdate:
        """The next answer; ``at_ns`` is the time since the request."""
        growth = stream_growth(self._former, message) if self._begun else None
        found = message_texts(message)
        passages = tuple(self._passage(path, text) for path, text in found.by_path.items())
        self._wholes = {passage.path: (passage._whole, len(passage)) for passage in passages}
        self._former, self._begun = message, True
        return StreamUpdate(entry, at_ns, len(message), passages, growth, found.problem)

    def _passage(self, path: str, text: str) -> Passage:
        whole, length = self._wholes.get(path, (None, 0))
        former = whole.text[:length] if whole is not None else ""
        added = common_start(former, text)
        if whole is not None and added == length == len(whole.text):
            self.kept += len(text) - length
            whole.text = text
        else:
            self.kept += len(text)
            whole = _Whole(text)
        return Passage(path, added, whole, len(text))


def stalls(times_ns: Sequence[int]) -> set[int]:
    """Before which updates the stream stood still for long, by their places."""
    gaps = [later - earlier for earlier, later in pairwise(times_ns)]
    if not gaps:
        return set()
    # Of two updates nothing says what is usual.
    usual = sorted(gaps)[(len(gaps) - 1) // 2] if len(gaps) > 2 else 0
    least = max(STALL_NS, _STALL_FACTOR * usual)
    return {place for place, gap in enumerate(gaps, 1) if gap >= least}
