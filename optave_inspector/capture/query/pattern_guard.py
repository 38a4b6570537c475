"""Regular expressions that would never end, found before they run.

Python's engine tries every way in which a pattern can match before it gives up, without letting another thread run. A
pattern such as ``(a+)+b`` has twice as many ways for each further ``a``. Here the pattern is turned into an automaton
of its characters (Glushkov's construction, with an edge for each way). The number of ways grows exponentially where one
state can be left and reached again on two different paths by the same characters; it grows with a high power of the
text's length where many loops that take the same character follow each other. Patterns that are merely slow, such as
``.*a.*b``, pass.
"""

from __future__ import annotations

import functools
import importlib
import itertools
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

_tree: Any = importlib.import_module("re._parser")
_ops: Any = importlib.import_module("re._constants")

_MOST_POSITIONS = 300
"""Characters of a pattern, with its counted repeats written out."""
_MOST_PAIRS = 60_000
_WRITE_OUT = 40
"""Repeats of something of fixed length are written out up to this count; above, they count as endless."""
_MANY = 4
"""Other repeats count as endless from this count on."""
_MOST_LOOPS = 3
"""Loops in a row for the same character."""
_MOST_PATHS = 100_000

_SAMPLE = " \n\t_-.,:;/\\\"'<>(){}[]=+*?!@#$%&|^~`aAzZkK09é٣Ω☃\x00"
"""Characters that stand for the rest of their kind."""


@functools.lru_cache(maxsize=256)
def endless(pattern: str, flags: int) -> bool:
    """Whether trying ``pattern``, which must be a sound one, may take forever on some text."""
    try:
        return _Automaton(_tree.parse(pattern, flags)).is_ambiguous()
    except _TooLargeError:
        return True


class _TooLargeError(Exception):
    """The pattern is larger than can be judged."""


_Ways = Mapping[int, int]
"""Positions, and in how many ways each is reached; 2 stands for more."""


class _Piece(NamedTuple):
    """A part of the automaton."""

    first: _Ways
    """Where it may begin."""
    last: _Ways
    """Where it may end."""
    empty: int
    """In how many ways it can match nothing; 2 stands for more."""
    length: int | None
    """How many characters it takes; None where that depends."""


_NOTHING = _Piece({}, {}, 1, 0)


class _Automaton:
    def __init__(self, tree: Any) -> None:
        self._letters = _sample(tree)
        self._flags: int = tree.state.flags
        self._sets: list[frozenset[str]] = []
        self._follow: list[dict[int, int]] = []
        self._bad = False
        self._sequence(tree)

    def is_ambiguous(self) -> bool:
        edges = [list(after) for after in self._follow]
        loops = [component for component in _components(edges) if _is_loop(component, edges)]
        if self._bad or any(map(self._ambiguous_loop, loops)):
            return True
        alike = {
            frozenset(place for place, letters in enumerate(self._sets) if letter in letters)
            for letter in self._letters
        }
        return any(map(self._too_many_ways, alike))

    def _too_many_ways(self, places: frozenset[int]) -> bool:
        """Whether a run of the one character that these positions take can be matched in too many ways."""
        edges = [
            [after for after in self._follow[place] if after in places] if place in places else []
            for place in range(len(self._sets))
        ]
        loops, paths = [0] * len(edges), [1] * len(edges)
        for component in _components(edges):
            onward = [(place, after) for place in component for after in edges[place] if after not in component]
            in_a_row = _is_loop(component, edges) + max((loops[after] for _, after in onward), default=0)
            ways = 1 + sum(self._follow[place][after] * paths[after] for place, after in onward)
            if in_a_row > _MOST_LOOPS or ways > _MOST_PATHS:
                return True
            for place in component:
                loops[place], paths[place] = in_a_row, ways
        return False

    def _ambiguous_loop(self, loop: list[int]) -> bool:
        """Whether two different paths of the same characters lead from some position of the loop back to it."""
        inside = set(loop)
        if any(count > 1 and after in inside for place in loop for after, count in self._follow[place].items()):
            return True
        pairs: dict[tuple[int, int], int] = {(place, place): number for number, place in enumerate(loop)}
        edges: list[list[int]] = []
        for pair in _growing(pairs):
            after = [
                (one, other)
                for one in self._follow[pair[0]]
                for other in self._follow[pair[1]]
                if one in inside and other in inside and self._sets[one] & self._sets[other]
            ]
            edges.append([pairs.setdefault(two, len(pairs)) for two in after])
            if len(pairs) > _MOST_PAIRS:
                raise _TooLargeError
        same = len(loop)
        return any(min(component) < same <= max(component) for component in _components(edges))

    def _sequence(self, items: Iterable[Any]) -> _Piece:
        whole = _NOTHING
        for operation, argument in items:
            whole = self._then(whole, self._piece(operation, argument))
        return whole

    def _piece(self, operation: Any, argument: Any) -> _Piece:
        if operation in (_ops.LITERAL, _ops.NOT_LITERAL, _ops.ANY, _ops.IN):
            return self._position(self._set(operation, argument))
        if operation is _ops.SUBPATTERN:
            before, self._flags = self._flags, (self._flags | argument[1]) & ~argument[2]
            piece = self._sequence(argument[3])
            self._flags = before
            return piece
        if operation is _ops.BRANCH:
            return self._either([self._sequence(branch) for branch in argument[1]])
        if operation in (_ops.MAX_REPEAT, _ops.MIN_REPEAT):
            return self._repeat(*argument)
        if operation is _ops.POSSESSIVE_REPEAT:
            return self._atomic(argument[2], may_be_empty=argument[0] == 0)
        if operation is _ops.ATOMIC_GROUP:
            return self._atomic(argument, may_be_empty=False)
        if operation in (_ops.ASSERT, _ops.ASSERT_NOT):
            self._sequence(argument[1])
        elif operation is _ops.GROUPREF:
            return self._repeat(0, _ops.MAXREPEAT, [(_ops.ANY, None)])
        elif operation is _ops.GROUPREF_EXISTS:
            return self._either([self._sequence(branch or ()) for branch in argument[1:]])
        return _NOTHING

    def _position(self, letters: frozenset[str]) -> _Piece:
        if len(self._sets) == _MOST_POSITIONS:
            raise _TooLargeError
        self._sets.append(letters)
        self._follow.append({})
        place = {len(self._sets) - 1: 1}
        return _Piece(place, place, 0, 1)

    def _then(self, one: _Piece, other: _Piece) -> _Piece:
        self._join(one.last, other.first)
        return _Piece(
            _together((one.first, 1), (other.first, one.empty)),
            _together((other.last, 1), (one.last, other.empty)),
            min(one.empty * other.empty, 2),
            None if one.length is None or other.length is None else one.length + other.length,
        )

    def _join(self, ends: _Ways, starts: _Ways) -> None:
        for end, ways in ends.items():
            _add(self._follow[end], starts, ways)

    @staticmethod
    def _either(pieces: Sequence[_Piece]) -> _Piece:
        return _Piece(
            _together(*((piece.first, 1) for piece in pieces)),
            _together(*((piece.last, 1) for piece in pieces)),
            min(sum(piece.empty for piece in pieces), 2),
            pieces[0].length if len({piece.length for piece in pieces}) == 1 else None,
        )

    def _repeat(self, least: int, most: int, body: Sequence[Any]) -> _Piece:
        before = len(self._sets)
        piece = self._sequence(body)
        size = len(self._sets) - before
        if size == 0:
            return piece
        rigid = piece.length is not None and least == most
        if most > (_WRITE_OUT if rigid else _MANY - 1) or len(self._sets) + size * most > _MOST_POSITIONS:
            self._bad |= piece.empty > 0 and least > 0  # any of the repeats may be the empty one
            self._join(piece.last, piece.first)
            return (_optional(piece) if least == 0 else piece)._replace(length=None)
        if most == 0:
            return _NOTHING
        whole = _optional(piece) if least == 0 else piece
        for count in range(1, most):
            copy = self._sequence(body)
            whole = self._then(whole, _optional(copy) if count >= least else copy)
        return whole

    def _atomic(self, body: Sequence[Any], *, may_be_empty: bool) -> _Piece:
        """What matches in one way only, or not at all, is like a single character of those that it may hold."""
        before = len(self._sets)
        inner = self._sequence(body)
        letters = frozenset[str]().union(*self._sets[before:])
        return self._position(letters)._replace(empty=1 if inner.empty or may_be_empty else 0)

    def _set(self, operation: Any, argument: Any) -> frozenset[str]:
        if operation is _ops.ANY:
            return frozenset(letter for letter in self._letters if letter != "\n" or self._flags & _ops.SRE_FLAG_DOTALL)
        if operation is _ops.IN:
            negate = argument[0][0] is _ops.NEGATE
            tests = [_test(*item) for item in argument if item[0] is not _ops.NEGATE]
        else:
            negate = operation is _ops.NOT_LITERAL
            tests = [_test(_ops.LITERAL, argument)]
        cased = self._flags & _ops.SRE_FLAG_IGNORECASE
        return frozenset(
            letter
            for letter in self._letters
            if negate != any(test(form) for form in (_cases(letter) if cased else (letter,)) for test in tests)
        )


def _together(*parts: tuple[_Ways, int]) -> dict[int, int]:
    """The sum of ways, each part multiplied."""
    whole: dict[int, int] = {}
    for part, times in parts:
        _add(whole, part, times)
    return whole


def _add(whole: dict[int, int], part: _Ways, times: int) -> None:
    for place, ways in part.items() if times else ():
        whole[place] = min(whole.get(place, 0) + ways * times, 2)


def _optional(piece: _Piece) -> _Piece:
    return piece._replace(empty=min(piece.empty + 1, 2), length=None if piece.length else piece.length)


def _growing(known: dict[tuple[int, int], int]) -> Iterator[tuple[int, int]]:
    """The keys of a dictionary that grows meanwhile, in the order of their coming."""
    done = 0
    while done < len(known):
        for key in list(itertools.islice(known, done, None)):
            done += 1
            yield key


def _test(operation: Any, argument: Any) -> Callable[[str], bool]:
    if operation is _ops.LITERAL:
        return lambda letter: ord(letter) == argument
    if operation is _ops.RANGE:
        return lambda letter: bool(argument[0] <= ord(letter) <= argument[1])
    name = argument.name.removeprefix("CATEGORY_")
    tests: dict[str, Callable[[str], bool]] = {
        "DIGIT": str.isdecimal,
        "SPACE": str.isspace,
        "WORD": lambda letter: letter.isalnum() or letter == "_",
    }
    test = tests[name.removeprefix("NOT_")]
    return (lambda letter: not test(letter)) if name.startswith("NOT_") else test


def _cases(letter: str) -> tuple[str, ...]:
    return tuple({letter, *(form for form in (letter.lower(), letter.upper()) if len(form) == 1)})


def _sample(tree: Any) -> frozenset[str]:
    """Characters that tell the pattern's sets apart: those that it names, and one of every other kind."""
    letters = set(_SAMPLE)
    waiting = [tree]
    while waiting:
        item = waiting.pop()
        if isinstance(item, tuple) and len(item) == 2 and item[0] in (_ops.LITERAL, _ops.NOT_LITERAL):
            letters.add(chr(item[1]))
        elif isinstance(item, tuple) and len(item) == 2 and item[0] is _ops.RANGE:
            low, high = item[1]
            letters.update(map(chr, {low, high, max(low - 1, 0), min(high + 1, 0x10FFFF), (low + high) // 2}))
        elif isinstance(item, tuple | list) or hasattr(item, "data"):
            waiting.extend(item)
    for letter in list(letters):
        letters.update(_cases(letter))
    return frozenset(letters)


def _is_loop(component: Sequence[int], edges: Sequence[Sequence[int]]) -> bool:
    return len(component) > 1 or component[0] in edges[component[0]]


def _components(edges: Sequence[Sequence[int]]) -> Iterator[list[int]]:
    """The strongly connected components, each after those that it leads to (Tarjan's algorithm, without recursion)."""
    order: dict[int, int] = {}
    low: dict[int, int] = {}
    path: list[int] = []
    on_path: set[int] = set()
    for root in range(len(edges)):
        if root in order:
            continue
        work = [(root, iter(edges[root]))]
        while work:
            node, after = work[-1]
            if node not in order:
                order[node] = low[node] = len(order)
                path.append(node)
                on_path.add(node)
            for other in after:
                if other not in order:
                    work.append((other, iter(edges[other])))
                    break
                if other in on_path:
                    low[node] = min(low[node], low[other])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == order[node]:
                    component = path[path.index(node) :]
                    del path[-len(component) :]
                    on_path.difference_update(component)
                    yield component
