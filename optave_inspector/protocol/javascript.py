"""JSON values as JavaScript sees them: truthiness, property access, conversion to text, and JSON.stringify.

Use it where a claim about the JavaScript SDK hangs on such a rule. Values are those of :func:`read_json.read_json`.
Sources: ECMA-262 sections 7.1.1, 7.1.2, 7.1.17, 6.1.6.1.20 and 25.5.2.
"""

import math
from decimal import Decimal
from json.encoder import encode_basestring
from typing import Any, Final

from .json_path import MISSING
from .sdk_check import truthy

__all__ = [
    "UNDEFINED",
    "JavaScriptTypeError",
    "first_truthy",
    "get",
    "number_text",
    "stringify",
    "to_text",
    "truthy",
]


UNDEFINED: Final = MISSING
"""JavaScript's undefined, what a missing property gives."""


class JavaScriptTypeError(ValueError):
    """Where JavaScript throws a TypeError; the text is a full sentence."""


def get(value: Any, *names: str) -> Any:
    """``value?.a?.b``: UNDEFINED where the way ends. Only objects have the properties that messages are asked for."""
    for name in names:
        if not isinstance(value, dict):
            return UNDEFINED
        value = value.get(name, UNDEFINED)
    return value


def first_truthy(*values: Any) -> Any:
    """``a || b || c``: the first truthy value, else the last one."""
    for value in values[:-1]:
        if truthy(value):
            return value
    return values[-1]


def to_text(value: Any) -> str:
    """``String(value)``, as template literals, event names and Error messages do it.

    Raises JavaScriptTypeError for an object with a property ``toString``, which hides the built-in method.
    """
    if not isinstance(value, list):
        return _leaf_text(value)
    # A nested array joins its own items with commas too, so all leaves stand in one row; an empty array gives "".
    texts: list[str] = []
    waiting: list[Any] = [*reversed(value)]
    while waiting:
        item = waiting.pop()
        if isinstance(item, list) and item:
            waiting.extend(reversed(item))
        else:
            texts.append("" if item is None or item == [] else _leaf_text(item))
    return ",".join(texts)


def _leaf_text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return number_text(value)
    if isinstance(value, dict):
        if "toString" in value:
            raise JavaScriptTypeError("An object whose toString is no function cannot be made a text.")
        return "[object Object]"
    return "null" if value is None else "undefined"


def number_text(number: float) -> str:
    """``String(number)``, after the number has become a double: ``1e+21``, ``1.5e-7``, ``100``, ``0`` for -0."""
    double = _double(number)
    if math.isnan(double):
        return "NaN"
    if math.isinf(double):
        return "Infinity" if double > 0 else "-Infinity"
    if double == 0:
        return "0"
    sign, all_digits, exponent = Decimal(repr(double)).as_tuple()
    digits = "".join(map(str, all_digits)).rstrip("0")
    point = len(all_digits) + int(exponent)  # where the decimal point stands, counted from the first digit
    minus = "-" if sign else ""
    if len(digits) <= point <= 21:
        return f"{minus}{digits:0<{point}}"
    if 0 < point <= 21:
        return f"{minus}{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return f"{minus}0.{'0' * -point}{digits}"
    mantissa = digits[0] + (f".{digits[1:]}" if len(digits) > 1 else "")
    return f"{minus}{mantissa}e{point - 1:+d}"


def _double(number: float) -> float:
    try:
        return float(number)
    except OverflowError:
        return math.inf if number > 0 else -math.inf


def stringify(value: Any) -> str:
    """``JSON.stringify(value)``, any depth. Properties that are UNDEFINED are left out, infinite numbers are null.

    Keys keep their order, while JavaScript puts those that look like array indexes first.
    """
    parts: list[str] = []
    waiting: list[Any] = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, _Verbatim):
            parts.append(item.text)
        elif isinstance(item, dict):
            waiting.extend(reversed(_object_pieces(item)))
        elif isinstance(item, list):
            waiting.extend(reversed(_array_pieces(item)))
        elif isinstance(item, str):
            parts.append(_quoted(item))
        elif isinstance(item, (int, float)) and not isinstance(item, bool):
            text = number_text(item)
            parts.append("null" if text in ("NaN", "Infinity", "-Infinity") else text)
        else:
            parts.append(_leaf_text(item) if isinstance(item, bool) else "null")
    return "".join(parts)


class _Verbatim:
    """A piece of JSON text that is finished."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text


_COMMA, _OPEN, _CLOSE = _Verbatim(","), _Verbatim("["), _Verbatim("]")


def _array_pieces(items: list[Any]) -> list[Any]:
    pieces: list[Any] = [_OPEN]
    for item in items:
        pieces += (item, _COMMA)
    if items:
        pieces.pop()
    return [*pieces, _CLOSE]


def _object_pieces(owner: dict[str, Any]) -> list[Any]:
    pieces: list[Any] = []
    for key, item in owner.items():
        if item is not UNDEFINED:
            pieces += (_Verbatim(f"{',' if pieces else '{'}{_quoted(key)}:"), item)
    return [*pieces, _Verbatim("}")] if pieces else [_Verbatim("{}")]


def _quoted(text: str) -> str:
    quoted = encode_basestring(text)
    if quoted.isascii():
        return quoted
    return "".join(f"\\u{ord(sign):04x}" if "\ud800" <= sign <= "\udfff" else sign for sign in quoted)
