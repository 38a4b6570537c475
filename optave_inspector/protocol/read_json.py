"""Reading JSON of unknown origin: whatever comes, there is an answer and a sentence, never an exception."""

import json
import re
from typing import Any, NamedTuple

import msgspec

_MAX_INT_DIGITS = 4_000
_CUT_AFTER = 200
_SURROGATE = re.compile("[\ud800-\udfff]")
_ESCAPED_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


class ReadResult(NamedTuple):
    """What a text holds."""

    value: Any
    """The JSON value as Python's json module gives it; None where nothing could be read."""
    problem: str
    """A sentence when a strict parser such as JSON.parse would refuse the text, or when it could not be read whole."""
    notes: tuple[str, ...] = ()
    """Sentences on legal JSON that programs read differently: duplicate keys, lone surrogates."""


def read_json(payload: bytes | str) -> ReadResult:
    """Read a JSON text as a person would want it read, and say what is wrong with it.

    Use it where the whole value is wanted; :func:`codec.peek` is the quick way to a message's few fields. A byte order
    mark, NaN and Infinity are read in spite of the problem; text that is no UTF-8 is read with U+FFFD in the broken
    places. Integers of more than 4,000 digits become floats. Deep nesting (some hundred levels) is a problem without
    a value.
    """
    text, problem = _text(payload)
    if text.startswith("\ufeff"):
        text = text[1:]
        problem = problem or "The text begins with a byte order mark, which JSON parsers refuse (RFC 8259 section 8.1)."
    reading = _Reading()
    try:
        value = reading.read(text)
    except json.JSONDecodeError as error:
        return ReadResult(None, problem or _syntax_problem(text, error))
    except RecursionError:
        return ReadResult(None, problem or TOO_DEEP)
    notes = [f"An object has the key {_shown(key)} more than once; the last one counts." for key in reading.duplicates]
    if _ESCAPED_SURROGATE.search(text) and _has_lone_surrogate(value):
        notes.append("A string holds half of a surrogate pair, which has no UTF-8 form.")
    if reading.constants:
        problem = problem or f"{reading.constants[0]} is no JSON value (RFC 8259 section 6)."
    return ReadResult(value, problem, tuple(notes))


TOO_DEEP = "The text is nested too deeply to be read here."


def without_surrogates(text: str) -> str:
    """``text`` with U+FFFD for each lone surrogate, so that every encoder and database takes it."""
    if _SURROGATE.search(text) is None:
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def json_text(value: Any) -> str:
    """A short compact JSON text of any value read by :func:`read_json`, cut after 200 characters."""
    try:
        text = msgspec.json.encode(value).decode() if not isinstance(value, float) else repr(value)
    except (UnicodeError, ValueError, TypeError, RecursionError):
        text = _any_text(value)
    return text if len(text) <= _CUT_AFTER else f"{text[: _CUT_AFTER - 1]}…"


def _any_text(value: Any) -> str:
    """The text of what the quick encoder refuses: lone surrogates, deep nesting, values that are not JSON."""
    try:
        return without_surrogates(json.dumps(value, ensure_ascii=False, separators=(",", ":")))
    except (ValueError, TypeError, RecursionError):
        return f"<{type(value).__name__}>"


class _Reading:
    """One pass of the json module, with what it would otherwise pass over in silence."""

    def __init__(self) -> None:
        self.duplicates: dict[str, None] = {}
        self.constants: list[str] = []

    def read(self, text: str) -> Any:
        return json.loads(
            text, object_pairs_hook=self._object, parse_constant=self._constant, parse_int=_integer, parse_float=float
        )

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            seen: set[str] = set()
            for key, _ in pairs:
                if key in seen and len(self.duplicates) < 10:
                    self.duplicates[key] = None
                seen.add(key)
        return found

    def _constant(self, name: str) -> float:
        self.constants.append(name)
        return float(name)


def _integer(digits: str) -> int | float:
    return int(digits) if len(digits) <= _MAX_INT_DIGITS else float(digits)


def _text(payload: bytes | str) -> tuple[str, str]:
    if isinstance(payload, str):
        return payload, ""
    try:
        return payload.decode(), ""
    except UnicodeDecodeError as error:
        problem = f"The text is no UTF-8 from byte {error.start} on (RFC 6455 section 8.1 asks for it)."
        return payload.decode(errors="replace"), problem


def _syntax_problem(text: str, error: json.JSONDecodeError) -> str:
    if not text.strip(" \t\r\n"):
        return "The text is blank, which is no JSON."
    place = f"line {error.lineno}, column {error.colno}"
    near = _shown(text[error.pos : error.pos + 20])
    if error.pos >= len(text.rstrip(" \t\r\n")):
        return f"The JSON breaks off at its end, {place}."
    if error.msg == "Extra data":
        return f"More text follows the JSON value, from {place} on: {near}."
    return f"This is no JSON from {place} on, at {near}: {error.msg[0].lower()}{error.msg[1:]}."


def _shown(text: str) -> str:
    return json_text(without_surrogates(text[:80]))


def _has_lone_surrogate(value: Any) -> bool:
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            if _SURROGATE.search(one):
                return True
        elif isinstance(one, list):
            waiting.extend(one)
        elif isinstance(one, dict):
            waiting.extend(one)
            waiting.extend(one.values())
    return False
