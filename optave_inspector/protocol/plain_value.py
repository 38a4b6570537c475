"""Making any Python value fit for a JSON Schema validator, without changing what the schemas say of it."""

import math
from typing import Any

from .read_json import without_surrogates

_MAX_DEPTH = 16
"""Deeper than any schema looks (nine levels), and shallow enough for any validator."""


def plain_value(value: Any) -> Any:
    """A copy that a validator takes: what it cannot take is replaced by something on which our schemas say the same.

    Lone surrogates become U+FFFD. Infinity, NaN and numbers outside a double's range become 0, since the SDK's
    validators take them for numbers. What is no JSON value becomes null. Below 16 levels, arrays and objects are empty.
    """
    return _copy(value, 0)


def _copy(value: Any, depth: int) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return without_surrogates(value)
    if isinstance(value, (int, float)):
        return _number(value)
    if isinstance(value, (list, tuple)):
        return [_copy(item, depth + 1) for item in value] if depth < _MAX_DEPTH else []
    if isinstance(value, dict):
        if depth >= _MAX_DEPTH:
            return {}
        return {without_surrogates(str(key)): _copy(item, depth + 1) for key, item in value.items()}
    return None


def _number(value: float) -> float:
    if isinstance(value, int) and -(1 << 63) <= value < 1 << 63:
        return int(value)
    try:
        number = float(value)
    except OverflowError:
        return 0
    return number if math.isfinite(number) else 0
