"""Finding and replacing in a text as Qt counts it: places are UTF-16 code units."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRegularExpression

if TYPE_CHECKING:
    from collections.abc import Iterator

_OPTION = QRegularExpression.PatternOption
_GROUP = re.compile(r"\\(\\|n|t|[0-9])|\$([0-9])", re.DOTALL)
_ESCAPES: Final = {"\\": "\\", "n": "\n", "t": "\t"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for."""

    text: str
    case: bool = False
    word: bool = False
    is_pattern: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """One place: code units from ``start`` up to, not including, ``end``, and what the groups hold, the whole first."""

    start: int
    end: int
    groups: tuple[str, ...] = ()


def problem(wanted: Wanted) -> str:
    """Why nothing can be looked for, as a sentence; empty when it can."""
    pattern = _pattern(wanted)
    if pattern.isValid():
        return ""
    return f"The pattern is wrong at character {pattern.patternErrorOffset() + 1}: {pattern.errorString()}."


def find_all(text: str, wanted: Wanted, *, groups: bool = False) -> Iterator[Found]:
    """All places in order, none of them empty. ``^`` and ``$`` stand for the ends of lines.

    Qt gives up a match that takes too many steps, so that no pattern hangs.
    """
    pattern = _pattern(wanted)
    if not wanted.text or not pattern.isValid():
        return
    # Qt would drop a leading byte order mark, and all places would be off by one.
    before = 1 if text[:1] in ("\ufeff", "\ufffe") else 0
    matches = pattern.globalMatch(f"\n{text}" if before else text, before)
    while matches.hasNext():
        match = matches.next()
        start, end = match.capturedStart() - before, match.capturedEnd() - before
        if end > start:
            yield Found(start, end, tuple(match.capturedTexts()) if groups else ())


def replacement(found: Found, text: str, wanted: Wanted) -> str:
    r"""What takes a place's stead: ``text``, in which ``\1`` or ``$1`` is a group of a pattern, ``\n`` a line feed."""
    if not wanted.is_pattern:
        return text

    def part(match: re.Match[str]) -> str:
        name = match[1] or match[2]
        if name in _ESCAPES:
            return _ESCAPES[name]
        number = int(name)
        return found.groups[number] if number < len(found.groups) else ""

    return _GROUP.sub(part, text)


def _pattern(wanted: Wanted) -> QRegularExpression:
    text = wanted.text if wanted.is_pattern else QRegularExpression.escape(wanted.text)
    options = _OPTION.MultilineOption | _OPTION.UseUnicodePropertiesOption
    if not wanted.case:
        options |= _OPTION.CaseInsensitiveOption
    return QRegularExpression(rf"\b(?:{text})\b" if wanted.word else text, options)
