"""How two JSON values differ, place by place, with a bound on the work."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from .json_path import Step, json_path
from .read_json import json_text
from .text_diff import Budget, Segment, diff_texts, opcodes

MAX_CHANGES = 2_000
MAX_DEPTH = 64
"""Deeper values are compared as wholes."""


class ChangeKind(StrEnum):
    """What happened at a place."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Change:
    """One place where the values differ."""

    kind: ChangeKind
    path: str
    """JSON path in the new message; in the former one where something was removed."""
    before_path: str
    """JSON path in the former message, which is another one behind an array item that came or went; "" if added."""
    before: str
    """The former value as JSON, cut after 200 characters; empty if added."""
    after: str
    """The new value likewise; empty if removed."""
    segments: tuple[Segment, ...] = ()
    """Where both values are texts: what was added to it and taken away."""


def diff_values(before: Any, after: Any, budget: Budget) -> tuple[list[Change], bool]:
    """The changes in the order of the former value, and whether all of them are listed.

    Key order and white space make no difference; 1 and 1.0 do, for they are other texts on the wire. Equal items of
    two arrays are found wherever they stand; unequal ones between them are compared in their order.
    """
    walk = _Walk(budget)
    walk.compare(before, after, (), ())
    return walk.changes, walk.is_complete


class _Numbers:
    """A number for each distinct value of a document, so that comparing two values is comparing two numbers."""

    def __init__(self) -> None:
        self._by_value: dict[Any, int] = {}
        self._by_identity: dict[int, int] = {}

    def read(self, root: Any) -> None:
        """Number all objects and arrays below ``root``, which has to outlive the numbers."""
        waiting = [(root, False)]
        while waiting:
            value, below_is_done = waiting.pop()
            if not isinstance(value, (dict, list)):
                continue
            if below_is_done:
                self._by_identity[id(value)] = self._number(self._contents(value))
            else:
                waiting.append((value, True))
                waiting.extend((item, False) for item in (value.values() if isinstance(value, dict) else value))

    def of(self, value: Any) -> int:
        """The number of a value of a document that was read, or of a leaf."""
        if isinstance(value, (dict, list)):
            return self._by_identity[id(value)]
        if isinstance(value, float):
            return self._number((float, repr(value)))
        return self._number((type(value), value))

    def _contents(self, value: Any) -> Any:
        if isinstance(value, dict):
            return frozenset((key, self.of(item)) for key, item in value.items())
        return tuple(map(self.of, value))

    def _number(self, key: Any) -> int:
        return self._by_value.setdefault(key, len(self._by_value))


_Steps = tuple[Step, ...]


class _Walk:
    def __init__(self, budget: Budget) -> None:
        self.changes: list[Change] = []
        self.is_complete = True
        self._budget = budget
        self._numbers = _Numbers()

    def compare(self, before: Any, after: Any, old: _Steps, new: _Steps) -> None:
        if not old:
            self._numbers.read(before)
            self._numbers.read(after)
        if not self.is_complete or self._numbers.of(before) == self._numbers.of(after):
            return
        if len(new) < MAX_DEPTH and isinstance(before, dict) and isinstance(after, dict):
            self._compare_objects(before, after, old, new)
        elif len(new) < MAX_DEPTH and isinstance(before, list) and isinstance(after, list):
            self._compare_arrays(before, after, old, new)
        elif isinstance(before, str) and isinstance(after, str):
            segments = diff_texts(before, after, self._budget)
            self._add(ChangeKind.CHANGED, old, new, before, after, segments)
        else:
            self._add(ChangeKind.CHANGED, old, new, before, after)

    def _compare_objects(self, before: dict[str, Any], after: dict[str, Any], old: _Steps, new: _Steps) -> None:
        for key, value in before.items():
            if key not in after:
                self._add(ChangeKind.REMOVED, (*old, key), None, value, None)
            else:
                self.compare(value, after[key], (*old, key), (*new, key))
        for key, value in after.items():
            if key not in before:
                self._add(ChangeKind.ADDED, None, (*new, key), None, value)

    def _compare_arrays(self, before: list[Any], after: list[Any], old: _Steps, new: _Steps) -> None:
        ours, theirs = list(map(self._numbers.of, before)), list(map(self._numbers.of, after))
        start, end = _common_ends(ours, theirs)
        middles = ours[start : len(ours) - end], theirs[start : len(theirs) - end]
        for tag, i, i_end, j, j_end in opcodes(*middles, self._budget):
            if tag == "equal":
                continue
            if not self.is_complete:
                return
            paired = min(i_end - i, j_end - j)
            for offset in range(start, start + paired):
                self.compare(before[i + offset], after[j + offset], (*old, i + offset), (*new, j + offset))
            # One beyond the limit is tried, so that the list is known not to be complete.
            room = MAX_CHANGES + 1
            for index in range(start + i + paired, start + i_end)[:room]:
                self._add(ChangeKind.REMOVED, (*old, index), None, before[index], None)
            for index in range(start + j + paired, start + j_end)[:room]:
                self._add(ChangeKind.ADDED, None, (*new, index), None, after[index])

    def _add(
        self,
        kind: ChangeKind,
        old: _Steps | None,
        new: _Steps | None,
        before: Any,
        after: Any,
        segments: tuple[Segment, ...] = (),
    ) -> None:
        if len(self.changes) >= MAX_CHANGES:
            self.is_complete = False
            return
        before_path = "" if old is None else json_path(old)
        self.changes.append(
            Change(
                kind,
                before_path if new is None else json_path(new),
                before_path,
                "" if old is None else json_text(before),
                "" if new is None else json_text(after),
                segments,
            )
        )


def _common_ends(before: Sequence[int], after: Sequence[int]) -> tuple[int, int]:
    shorter = min(len(before), len(after))
    start = next((index for index in range(shorter) if before[index] != after[index]), shorter)
    left = shorter - start
    end = next((count for count in range(left) if before[-1 - count] != after[-1 - count]), left)
    return start, end
