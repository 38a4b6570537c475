"""Putting values into a recipe's texts: ``{{name}}`` for its variables, ``{{uuid7}}`` and the like for new values."""

from __future__ import annotations

import difflib
import re
import time
from typing import TYPE_CHECKING

from ..protocol.ids import uuid7
from ..protocol.timestamps import iso_millis

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

_USE = re.compile(r"\{\{\s*([^{}\s]{1,100})\s*\}\}")

GENERATORS = {
    "uuid7": "a new UUID of version 7, at each place",
    "now": "the time in UTC, as 2026-01-31T12:00:00.000Z",
    "now_ms": "the Unix time in milliseconds",
    "counter": "1, then 2, and so on, at each place",
}
"""What can be put in without being declared."""


def uses(text: str) -> Iterable[tuple[str, int, int]]:
    """The names that ``text`` asks for, and where."""
    return ((found[1], found.start(), found.end()) for found in _USE.finditer(text))


def nearest(name: str, known: Iterable[str]) -> str:
    """The known name that was probably meant; empty where none is like it."""
    by_small = {each.lower(): each for each in known}
    return next((by_small[each] for each in difflib.get_close_matches(name.lower(), by_small, 1, 0.6)), "")


class Values:
    """What is put in during one run. Variables get their values now, in the order in which they are declared."""

    def __init__(
        self,
        variables: Mapping[str, str],
        *,
        random: Callable[[int], bytes],
        clock_ns: Callable[[], int] = time.time_ns,
    ) -> None:
        self._random = random
        self._clock_ns = clock_ns
        self._count = 0
        self._values: dict[str, str] = {}
        for name, text in variables.items():
            self._values[name] = self.put_into(text)

    def put_into(self, text: str) -> str:
        """``text`` with the values in their places; a name that is not known stays as it is."""
        return _USE.sub(lambda found: self._value(found[1], found[0]), text) if "{{" in text else text

    def _value(self, name: str, otherwise: str) -> str:
        if name in self._values:
            return self._values[name]
        now_ns = self._clock_ns()
        match name:
            case "uuid7":
                return uuid7(now_ns // 1_000_000, self._random(10))
            case "now":
                return iso_millis(now_ns)
            case "now_ms":
                return str(now_ns // 1_000_000)
            case "counter":
                self._count += 1
                return str(self._count)
        return otherwise
