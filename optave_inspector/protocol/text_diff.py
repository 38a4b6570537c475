"""What was added to a text and what was taken away, with a bound on the work.

difflib finds the common parts; alone it may take a minute for texts of some thousand words, since it starts over for
every part that it finds. Here it runs on a budget and calls the rest different when that is spent.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import Match, SequenceMatcher
from enum import StrEnum
from itertools import accumulate
from typing import Any, TypeVar

from .read_json import without_surrogates

COMPARISON_STEPS = 2_000_000
"""How many pairs of parts one comparison may look at: some tenths of a second."""
_EXACT_STEPS = 100_000
_RARE_FROM = 200
_LINES_FIRST = 20
_MAX_TOKENS = 200_000
_WORD_CHARACTERS = 40
_CHUNK = 1 << 16

# A word of a script with spaces between words, or one character of anything else, with the white space after it: alone,
# white space would be so frequent that comparing it takes most of the time.
_TOKEN = re.compile(r"(?:[0-9A-Za-z_\u00aa-\u1fff]+|\S)\s*|\s+")
_WORD_END = re.compile(r"[0-9A-Za-z_\u00aa-\u1fff]+\Z")
_WORD_START = re.compile(r"[0-9A-Za-z_\u00aa-\u1fff]+")

_Text = TypeVar("_Text", str, bytes)


class SegmentKind(StrEnum):
    """What became of a piece of text."""

    EQUAL = "equal"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Segment:
    """One piece: the equal and removed ones in a row are the former text, the equal and added ones the new text."""

    kind: SegmentKind
    text: str
    omitted: int = 0
    """How many more characters, or bytes, the piece has that were left out as too many."""


_Piece = tuple[SegmentKind, str]
Opcode = tuple[str, int, int, int, int]
"""A tag, the piece of the former sequence, the piece of the new one; see difflib."""


class Budget:
    """How much work is left. One budget may serve many comparisons."""

    def __init__(self, steps: int = COMPARISON_STEPS) -> None:
        self._left = steps
        self.is_spent = False
        """Whether something was called different because there was no more time to look."""

    def spend(self, steps: int) -> bool:
        """Take ``steps``; False, and nothing taken, where too few are left."""
        if steps > self._left:
            self.is_spent = True
            return False
        self._left -= steps
        return True


def common_start(before: _Text, after: _Text) -> int:
    """How many characters, or bytes, are the same at the start."""
    shorter = min(len(before), len(after))
    start = 0
    while start < shorter and before[start : start + _CHUNK] == after[start : start + _CHUNK]:
        start += _CHUNK
    low, high = start, min(start + _CHUNK, shorter)
    while low < high:
        middle = (low + high + 1) // 2
        if before[low:middle] == after[low:middle]:
            low = middle
        else:
            high = middle - 1
    return min(low, shorter)


def common_end(before: _Text, after: _Text, *, beyond: int = 0) -> int:
    """How many characters, or bytes, are the same at the end, leaving the first ``beyond`` of both alone."""
    longest = min(len(before), len(after)) - beyond
    count = 0
    while count < longest:
        size = min(_CHUNK, longest - count)
        ours = before[len(before) - count - size : len(before) - count]
        theirs = after[len(after) - count - size : len(after) - count]
        if ours == theirs:
            count += size
            continue
        return count + common_start(ours[::-1], theirs[::-1])
    return count


def diff_texts(before: str, after: str, budget: Budget) -> tuple[Segment, ...]:
    """The pieces of two texts, in order, none empty; by words, or character by character where words have no spaces."""
    start = common_start(before, after)
    end = common_end(before, after, beyond=start)
    longer = max(before, after, key=len)
    if start + end < min(len(before), len(after)):
        # Both have something in between, so whole words or lines are told apart rather than their differing letters.
        if _has_many_lines(before, after):
            start = before.rfind("\n", 0, start) + 1
            end = len(before) - 1 - found if (found := before.find("\n", len(before) - end)) >= 0 else 0
        else:
            start -= _open_word(before, after, start)
            end -= _open_word_at_end(before, after, end)
    elif end:
        shift = _shift_to_boundary(longer, start, len(longer) - end)
        start, end = start - shift, end + shift
    old, new = before[start : len(before) - end], after[start : len(after) - end]
    pieces = [(SegmentKind.EQUAL, before[:start])]
    pieces += _between(old, new, budget)
    pieces.append((SegmentKind.EQUAL, before[len(before) - end :]))
    return tuple(Segment(kind, without_surrogates(text)) for kind, text in _joined(pieces))


def _between(old: str, new: str, budget: Budget) -> Iterator[_Piece]:
    if _has_many_lines(old, new):
        ours, theirs = old.splitlines(keepends=True), new.splitlines(keepends=True)
        for tag, i, i_end, j, j_end in opcodes(ours, theirs, budget):
            if tag == "equal":
                yield SegmentKind.EQUAL, "".join(ours[i:i_end])
            else:
                yield from _words("".join(ours[i:i_end]), "".join(theirs[j:j_end]), budget)
    else:
        yield from _words(old, new, budget)


def _shift_to_boundary(longer: str, start: int, stop: int) -> int:
    """How far the one piece that came or went is better taken to the left, so that it begins with a line or a word.

    It may go as far as the same characters stand before it and at its end: t[wo t]hree is [two t]hree too.
    """
    farthest = common_end(longer[max(0, start - _WORD_CHARACTERS) : start], longer[start:stop])
    for boundary in "\n", " ":
        for shift in range(farthest + 1):
            if longer[start - shift - 1 : start - shift] in ("", boundary):
                return shift
    return 0


def _has_many_lines(old: str, new: str) -> bool:
    return min(old.count("\n"), new.count("\n")) >= _LINES_FIRST


def _words(old: str, new: str, budget: Budget) -> Iterator[_Piece]:
    ours, theirs = _tokens(old, new, budget)
    signs = [token.rstrip() for token in ours], [token.rstrip() for token in theirs]
    for tag, i, i_end, j, j_end in opcodes(*signs, budget):
        if tag == "equal":
            for sign, our, their in zip(signs[0][i:i_end], ours[i:i_end], theirs[j:j_end], strict=True):
                if our == their:
                    yield SegmentKind.EQUAL, our
                else:
                    yield SegmentKind.EQUAL, sign
                    yield SegmentKind.REMOVED, our[len(sign) :]
                    yield SegmentKind.ADDED, their[len(sign) :]
        else:
            our, their = "".join(ours[i:i_end]), "".join(theirs[j:j_end])
            blank = _common_blank(our, their)
            yield SegmentKind.REMOVED, our[: len(our) - blank]
            yield SegmentKind.ADDED, their[: len(their) - blank]
            yield SegmentKind.EQUAL, our[len(our) - blank :]


def _common_blank(our: str, their: str) -> int:
    """How much white space ends both."""
    blanks = min(len(our) - len(our.rstrip()), len(their) - len(their.rstrip()))
    return common_end(our[len(our) - blanks :], their[len(their) - blanks :])


def _tokens(old: str, new: str, budget: Budget) -> tuple[list[str], list[str]]:
    if not (old and new):
        return [old] if old else [], [new] if new else []
    if not budget.spend(min(len(old) + len(new), _MAX_TOKENS)) or len(old) + len(new) > _MAX_TOKENS:
        budget.is_spent = True
        return [old], [new]
    return _TOKEN.findall(old), _TOKEN.findall(new)


def opcodes(before: Sequence[Any], after: Sequence[Any], budget: Budget) -> Sequence[Opcode]:
    """difflib's opcodes of two sequences of hashable parts, as exact as the budget allows."""
    if not (before and after):
        tag = "insert" if after else "delete"
        return [(tag, 0, len(before), 0, len(after))] if before or after else []
    return _BoundedMatcher(before, after, budget).get_opcodes()


class _BoundedMatcher(SequenceMatcher[Any]):
    def __init__(self, before: Sequence[Any], after: Sequence[Any], budget: Budget) -> None:
        partners = Counter(after)
        by_rare_parts = sum(partners[part] for part in before) > _EXACT_STEPS and len(after) >= _RARE_FROM
        super().__init__(None, before, after, autojunk=by_rare_parts)
        if by_rare_parts:  # difflib then starts from parts that are at most one in a hundred, and extends what matches.
            partners = Counter({part: n for part, n in partners.items() if n <= len(after) // 100 + 1})
        self._costs = list(accumulate((1 + partners[part] for part in before), initial=0))
        self._budget = budget

    def find_longest_match(self, alo: int = 0, ahi: int | None = None, blo: int = 0, bhi: int | None = None) -> Match:
        end = len(self._costs) - 1 if ahi is None else ahi
        if not self._budget.spend(self._costs[end] - self._costs[alo]):
            return Match(alo, blo, 0)
        return super().find_longest_match(alo, end, blo, bhi)


def _open_word(before: str, after: str, start: int) -> int:
    """How many characters of a word stand before ``start`` that goes on there in one of the texts."""
    if not (_WORD_START.match(before, start) or _WORD_START.match(after, start)):
        return 0
    word = _WORD_END.search(before[max(0, start - _WORD_CHARACTERS) : start])
    return len(word[0]) if word is not None and len(word[0]) < _WORD_CHARACTERS else 0


def _open_word_at_end(before: str, after: str, end: int) -> int:
    old, new = len(before) - end, len(after) - end
    if not (_is_word(before[old - 1 : old]) or _is_word(after[new - 1 : new])):
        return 0
    word = _WORD_START.match(before[old : old + _WORD_CHARACTERS])
    return len(word[0]) if word is not None and len(word[0]) < _WORD_CHARACTERS else 0


def _is_word(character: str) -> bool:
    return _WORD_START.match(character) is not None


@dataclass(slots=True)
class _Turn:
    """An equal stretch and what was changed after it."""

    equal: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    added: list[str] = field(default_factory=list)


def _joined(pieces: Iterable[_Piece]) -> Iterator[_Piece]:
    """The pieces joined as far as they can be, what is removed before what is added."""
    turns = [_Turn()]
    for kind, text in pieces:
        last = turns[-1]
        if not text:
            continue
        if kind is SegmentKind.REMOVED:
            last.removed.append(text)
        elif kind is SegmentKind.ADDED:
            last.added.append(text)
        elif last.removed or last.added:
            turns.append(_Turn(equal=[text]))
        else:
            last.equal.append(text)
    for turn in turns:
        for kind, texts in zip(SegmentKind, (turn.equal, turn.removed, turn.added), strict=True):
            if texts:
                yield kind, "".join(texts)
