"""Places in a JSON value: written as JSON paths, and followed."""

import re
from collections.abc import Iterable, Sequence
from typing import Any, Final

from .read_json import json_text

Step = str | int

MISSING: Final = object()
"""What :func:`follow` gives where nothing stands, which is not the same as null."""

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)


def json_path(steps: Iterable[Step]) -> str:
    """The JSON path of ``steps`` (RFC 9535): property names and array indexes from the root."""
    return "$" + "".join(_written(step) for step in steps)


def follow(value: Any, steps: Sequence[str]) -> tuple[tuple[str, ...], Any]:
    """How far ``steps`` lead through the objects of ``value``, and what stands at their end, or MISSING."""
    for depth, step in enumerate(steps):
        if not isinstance(value, dict) or step not in value:
            return tuple(steps[:depth]), MISSING
        value = value[step]
    return tuple(steps), value


def _written(step: Step) -> str:
    if isinstance(step, int):
        return f"[{step}]"
    return f".{step}" if _NAME.fullmatch(step) else f"[{json_text(step)}]"
