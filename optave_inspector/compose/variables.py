"""Putting values into texts: ``{{name}}`` stands for a variable, or for what is generated, at each of its places.

The same in drafts and in recipes. ``{{!`` is sent as ``{{``, so that ``{{!name}}`` goes out as ``{{name}}``; braces
around anything else than one name stay as they are. A value is never looked into: what looks like a variable in it
is sent as it is.
"""

from __future__ import annotations

import difflib
import json
import re
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from ..protocol.ids import uuid7
from ..protocol.timestamps import iso_millis

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_USE = re.compile(r"\{\{(?:(!)|\s*([^{}\s]{1,200})\s*\}\})")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*(?:"|\Z)', re.DOTALL)
_SURROGATE = re.compile("[\ud800-\udfff]")
_RANDOM = re.compile(r"random:([0-9]{1,7})")
_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
MOST_RANDOM = 1_000_000
"""Bytes of random text that one place may ask for."""

GENERATORS = {
    "uuid7": "a new UUID of version 7, at each place",
    "now": "the time in UTC, as 2026-01-31T12:00:00.000Z",
    "now_ms": "the Unix time in milliseconds",
    "counter": "1, then 2, and so on, at each place",
    "random:N": f"random text of N bytes, such as {{{{random:16}}}}; at most {MOST_RANDOM:,}",
}
"""What can be put in without being declared."""


class MissingValue(Exception):  # noqa: N818 - an outcome
    """A name that stands for nothing; the text is a sentence for its author."""

    def __init__(self, sentence: str, hint: str = "") -> None:
        super().__init__(sentence)
        self.hint = hint


class Use(NamedTuple):
    """One place in a text that asks for a value."""

    name: str
    start: int
    """Code points from the start of the text to the first brace."""
    end: int


def uses(text: str) -> Iterator[Use]:
    """The names that ``text`` asks for, and where."""
    return (Use(found[2], found.start(), found.end()) for found in _USE.finditer(text) if found[2])


def nearest(name: str, known: Iterable[str]) -> str:
    """The known name that was probably meant; empty where none is like it."""
    by_small = {each.lower(): each for each in known}
    return next((by_small[each] for each in difflib.get_close_matches(name.lower(), by_small, 1, 0.6)), "")


def is_generated(name: str) -> bool:
    """Whether ``name`` is one of the generators, with a number that it can take."""
    found = _RANDOM.fullmatch(name)
    return (name in GENERATORS and name != "random:N") or (found is not None and int(found[1]) <= MOST_RANDOM)


def name_problem(name: str) -> str:
    """Why a variable cannot be called so, as a sentence; empty when it can."""
    wrong = not name or len(name) > 100 or name.startswith("!") or any(each in "{}" or each.isspace() for each in name)
    return "A variable's name has no spaces, no braces and no ! before it." if wrong else ""


def missing(name: str, known: Iterable[str], how: str) -> MissingValue:
    """What to say of a name that nothing is known of; ``how`` says where variables are made."""
    if name.startswith("random:"):
        sentence = f"{name} asks for random text of a number of bytes, from 0 to {MOST_RANDOM:,}."
        return MissingValue(sentence, "Write {{random:16}}.")
    meant = nearest(name, known)
    return MissingValue(f"There is no variable {name}.", f"Did you mean {meant}?" if meant else how)


@dataclass(frozen=True, slots=True)
class Part:
    """A value at its place, before and after."""

    name: str
    value: str
    """What was put in, as it stands in the result."""
    start: int
    """In the text that was written."""
    end: int
    at: int
    """In the result."""
    until: int


@dataclass(frozen=True, slots=True)
class Absent:
    """A place for which there is no value; the braces stay there."""

    name: str
    start: int
    end: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Resolved:
    """A text with the values in their places."""

    text: str
    parts: tuple[Part, ...] = ()
    """In order; ``{{!`` is one as well, with an empty name."""
    absent: tuple[Absent, ...] = ()

    @property
    def problem(self) -> str:
        """Why this cannot be sent: the first value that is missing; empty when all are there."""
        return self.absent[0].sentence if self.absent else ""

    def source(self, offset: int) -> int:
        """Where in the written text the code point at ``offset`` of the result comes from."""
        moved = 0
        for part in self.parts:
            if offset < part.at:
                break
            if offset < part.until:
                return part.start
            moved = part.end - part.until
        return offset + moved

    def part_at(self, offset: int) -> Part | Absent | None:
        """The value at a place of the written text; None where there is none."""
        places: tuple[Part | Absent, ...] = (*self.parts, *self.absent)
        return next((place for place in places if place.name and place.start <= offset < place.end), None)


class Generators:
    """Makes what is new at each place."""

    def __init__(self, random: Callable[[int], bytes], clock_ns: Callable[[], int] = time.time_ns) -> None:
        """``random(n)`` gives ``n`` random bytes, as ``os.urandom``."""
        self._random = random
        self._clock_ns = clock_ns
        self._count = 0

    def make(self, name: str) -> str:
        """A new value for a name that :func:`is_generated`."""
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
        count = int(name.removeprefix("random:"))
        return "".join(_LETTERS[byte % len(_LETTERS)] for byte in self._random(count))


class Values:
    """What is put in during one run. Variables get their values now, in the order in which they are declared."""

    def __init__(
        self,
        variables: Mapping[str, str],
        *,
        random: Callable[[int], bytes],
        clock_ns: Callable[[], int] = time.time_ns,
    ) -> None:
        self._generators = Generators(random, clock_ns)
        self._values: dict[str, str] = {}
        for name, text in variables.items():
            self._values[name] = self.put_into(text)

    def put_into(self, text: str, *, as_json: bool = False) -> str:
        """``text`` with the values in their places, see :func:`resolve`; a name that is not known stays as it is."""
        return resolve(text, self._value, as_json=as_json).text

    def _value(self, name: str) -> str:
        if name in self._values:
            return self._values[name]
        if is_generated(name):
            return self._generators.make(name)
        raise missing(name, (*self._values, *GENERATORS), "")


Sources = Mapping[str, Callable[[str], str]]
"""Values by what stands before a name's first colon or point; each takes the rest, and raises MissingValue."""


class Preview:
    """Values for one message that is looked at before it is sent: the same at each look, times aside.

    Call :meth:`renew` when it was sent.
    """

    def __init__(self, random: Callable[[int], bytes], clock_ns: Callable[[], int] = time.time_ns) -> None:
        self._generators = Generators(random, clock_ns)
        self._made: dict[tuple[str, str, int], str] = {}

    def renew(self) -> None:
        """Make other values from now on."""
        self._made.clear()

    def resolve(
        self, text: str, variables: Mapping[str, str], sources: Sources, *, scope: str = "", as_json: bool = True
    ) -> Resolved:
        """Put values into ``text``. Texts that are looked at side by side need a ``scope`` each.

        ``variables`` may use what is declared before them, and have one value in all places.
        """
        if "{{" not in text:
            return Resolved(text)
        return resolve(text, self._lookup(scope, self._variables(variables, sources), sources), as_json=as_json)

    def _variables(self, variables: Mapping[str, str], sources: Sources) -> dict[str, str | MissingValue]:
        known: dict[str, str | MissingValue] = {}
        for name, text in variables.items():
            made = resolve(text, self._lookup(f"variable {name}", known, sources), as_json=False)
            known[name] = MissingValue(f"The variable {name}: {made.problem}") if made.problem else made.text
        return known

    def _lookup(self, scope: str, known: Mapping[str, str | MissingValue], sources: Sources) -> Callable[[str], str]:
        seen: Counter[str] = Counter()

        def value(name: str) -> str:
            if name in known:
                found = known[name]
                if isinstance(found, MissingValue):
                    raise found
                return found
            if is_generated(name):
                seen[name] += 1
                if name.startswith("now"):  # the time is that of sending
                    return self._generators.make(name)
                key = (scope, name, seen[name])
                if key not in self._made:
                    self._made[key] = self._generators.make(name)
                return self._made[key]
            source, _, rest = name.partition(":" if ":" in name else ".")
            if rest and source in sources:
                return sources[source](rest)
            raise missing(name, (*known, *GENERATORS), "Declare it among the draft's variables.")

        return value


def resolve(text: str, value: Callable[[str], str], *, as_json: bool = True) -> Resolved:
    """Put values into ``text`` in one pass; ``value`` raises MissingValue for a name that it does not know.

    With ``as_json`` what comes to stand within a JSON string is escaped as such; elsewhere it stands as it is.
    """
    if "{{" not in text:
        return Resolved(text)
    strings = [(each.start(), each.end()) for each in _STRING.finditer(text)] if as_json else []
    pieces: list[str] = []
    parts: list[Part] = []
    absent: list[Absent] = []
    taken = length = inside = 0
    for found in _USE.finditer(text):
        name = found[2] or ""
        try:
            new = value(name) if name else "{{"
        except MissingValue as problem:
            sentence = f"{problem} {problem.hint}".strip()
            absent.append(Absent(name, found.start(), found.end(), sentence))
            continue
        while inside < len(strings) and strings[inside][1] <= found.start():
            inside += 1
        if name and inside < len(strings) and strings[inside][0] < found.start():
            new = _escaped(new)
        before = text[taken : found.start()]
        at = length + len(before)
        pieces += (before, new)
        parts.append(Part(name, new, found.start(), found.end(), at, at + len(new)))
        taken, length = found.end(), at + len(new)
    pieces.append(text[taken:])
    return Resolved("".join(pieces), tuple(parts), tuple(absent))


def _escaped(value: str) -> str:
    text = json.dumps(value, ensure_ascii=False)[1:-1]
    return _SURROGATE.sub(lambda half: f"\\u{ord(half[0]):04x}", text)


def needs_verbatim(text: str) -> bool:
    """Whether a text that was seen on the wire would change by being taken for one with variables."""
    return "{{!" in text or any(True for _ in uses(text))
