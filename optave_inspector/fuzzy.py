"""Finds what somebody means by a few typed letters: which texts hold them in order, and which of these fits best."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_WORD_START = 8
_NEXT_TO = 5
_LETTER = 1
_FIRST = 6
_WHOLE = 12
_IN_DETAIL = 4
"""A word that only the small print holds counts little, so that names come first."""

T = TypeVar("T")
_Way = tuple[int, tuple[int, ...]]
"""A score, and the places of the letters so far."""


@dataclass(frozen=True, slots=True)
class Match:
    """How well a text fits."""

    score: int
    places: tuple[int, ...]
    """Indices of the letters of the name that were meant, ascending."""


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """One of the things that were asked for, with how it fits."""

    item: T
    match: Match


def match(query: str, name: str, detail: str = "") -> Match | None:
    """How ``query`` fits; None when it does not.

    Each word of it must be in ``name`` with its letters in order, or as it stands in ``detail``. Case counts nothing.
    """
    low_name, low_detail = _folded(name), _folded(detail)
    score, places = 0, set[int]()
    for word in _folded(query).split():
        found = _in_order(word, low_name)
        if found is not None:
            score += found.score
            places.update(found.places)
        elif word in low_detail:
            score += _IN_DETAIL
        else:
            return None
    if score and _folded(query).strip() == low_name:
        score += _WHOLE
    return Match(score, tuple(sorted(places)))


def ranked(query: str, items: Iterable[T], words: Callable[[T], tuple[str, str]]) -> list[Found[T]]:
    """All ``items`` that fit, the best first; of equals the shorter name, then as they came.

    ``words`` gives the name and the detail of one. An empty query finds all, as they came.
    """
    found = []
    for item in items:
        name, detail = words(item)
        how = match(query, name, detail)
        if how is not None:
            found.append((how, len(name), item))
    if query.split():
        found.sort(key=lambda each: (-each[0].score, each[1]))
    return [Found(item, how) for how, _length, item in found]


def _in_order(word: str, text: str) -> Match | None:
    """The best way to find the letters of ``word`` in order in ``text``.

    From one letter to the next it goes on within the same word, or to the beginning of a later one: letters that are
    strewn about are not meant. ``best[j]`` is the best score of a way that ends with a letter at ``j``.
    """
    if len(word) > len(text):
        return None
    best: dict[int, _Way] = {
        at: (_LETTER + (_WORD_START if _begins_word(text, at) else 0) + (_FIRST if at == 0 else 0), (at,))
        for at, letter in enumerate(text)
        if letter == word[0]
    }
    for letter in word[1:]:
        reached: dict[int, _Way] = {}
        anywhere: _Way | None = None
        in_word: _Way | None = None
        for at, other in enumerate(text):
            begins = _begins_word(text, at)
            former = best.get(at - 1)
            if former is not None:
                anywhere = max(filter(None, (anywhere, former)), key=_score)
                in_word = max(filter(None, (in_word, former)), key=_score)
            if begins:
                in_word = former
            if other != letter:
                continue
            ways: list[_Way] = [(former[0] + _NEXT_TO, former[1])] if former is not None else []
            jump = anywhere if begins else in_word
            if jump is not None:
                ways.append(jump)
            if ways:
                score, places = max(ways, key=_score)
                reached[at] = (score + _LETTER + (_WORD_START if begins else 0), (*places, at))
        best = reached
    if not best:
        return None
    score, places = max(best.values(), key=_score)
    return Match(score, places)


def _score(way: _Way) -> int:
    return way[0]


def _begins_word(text: str, at: int) -> bool:
    return at == 0 or not text[at - 1].isalnum()


def _folded(text: str) -> str:
    """Lower case, letter by letter, so that indices stay true."""
    return "".join(low if len(low := letter.lower()) == 1 else letter for letter in text)
