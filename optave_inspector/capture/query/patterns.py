"""Regular expressions in a query."""

from __future__ import annotations

import contextlib
import importlib
import re
import warnings
from typing import TYPE_CHECKING, Any

from .errors import ValueProblem
from .pattern_guard import endless
from .payload_conditions import PatternMatches

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_tree: Any = importlib.import_module("re._parser")
_ops: Any = importlib.import_module("re._constants")

FLAGS = {"i": re.IGNORECASE, "m": re.MULTILINE, "s": re.DOTALL}
"""The letters after the closing slash."""

_LONGEST = 1_000
_MORE_CASES = frozenset("iIkKsS")
"""ASCII letters that some other letter equals where case is ignored, such as the Kelvin sign."""


def pattern_condition(pattern: str, flags: str) -> PatternMatches:
    """The condition of ``/pattern/flags``. Raises :class:`ValueProblem`, with places in ``pattern``."""
    number = 0
    for flag in flags:
        number |= FLAGS[flag]
    compiled = compiled_pattern(pattern, number)
    with _no_warnings():
        return PatternMatches(compiled, _required(_tree.parse(pattern, number)))


def compiled_pattern(pattern: str, flags: int) -> re.Pattern[str]:
    """A pattern that anybody may have written, made sure that it ends on every text.

    Raises :class:`ValueProblem`, with places in ``pattern``.
    """
    if len(pattern) > _LONGEST:
        raise ValueProblem(f"The regular expression is longer than {_LONGEST:,} characters.", "Search in steps.")
    with _no_warnings():
        try:
            compiled = re.compile(pattern, flags)
            never_ends = endless(pattern, flags)
        except re.error as error:
            place = min(error.pos or 0, len(pattern))
            raise ValueProblem(
                f"The regular expression is wrong here: {error.msg}.",
                'Write \\ before a character that stands for itself, or put text between quotes: "text".',
                place,
                min(place + 1, len(pattern)),
            ) from error
        except (OverflowError, RecursionError, ValueError) as error:
            raise ValueProblem(f"The regular expression cannot be used: {error}.", "Write a simpler one.") from error
    if never_ends:
        raise ValueProblem(
            "The regular expression could take forever: it can match the same text in too many ways.",
            "Avoid a repeat within a repeat, as in (a+)+; (?>…) or a++ says that one way is enough.",
        )
    return compiled


@contextlib.contextmanager
def _no_warnings() -> Iterator[None]:
    """Python warns of what later versions may read in another way; nobody would see it here."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _required(tree: Any) -> str:
    """The longest text that stands in every match, in some case; empty where there is none."""
    return max(_runs(tree, tree.state.flags), key=len, default="")


def _runs(tree: Iterable[Any], flags: int) -> list[str]:
    runs = [""]
    for operation, argument in tree:
        if operation is _ops.LITERAL and _is_safe(chr(argument), flags):
            runs[-1] += chr(argument)
        elif operation is _ops.SUBPATTERN:
            runs += [*_runs(argument[3], (flags | argument[1]) & ~argument[2]), ""]
        elif operation in (_ops.MAX_REPEAT, _ops.MIN_REPEAT, _ops.POSSESSIVE_REPEAT) and argument[0] > 0:
            runs += [*_runs(argument[2], flags), ""]
        elif operation is not _ops.AT:
            runs.append("")
    return runs


def _is_safe(letter: str, flags: int) -> bool:
    return " " <= letter <= "~" and not (flags & re.IGNORECASE and letter in _MORE_CASES)
