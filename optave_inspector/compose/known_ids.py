"""The IDs that messages hold, by the name of their key: to be proposed where a request wants one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ..protocol.read_json import read_json

if TYPE_CHECKING:
    from collections.abc import Iterable

_MOST_VALUES: Final = 40
"""Of one key; the newest stay."""
_MOST_NODES: Final = 5_000
"""Of one message."""
_LONGEST: Final = 200
_AS_PARENT: Final = ("requestId", "correlationId")
"""An earlier request's names: what parentId refers to."""


def collect_ids(messages: Iterable[bytes]) -> dict[str, tuple[str, ...]]:
    """IDs by the name of their key, in the order of ``messages`` (give the newest first). Never raises."""
    found: dict[str, dict[str, None]] = {}
    for message in messages:
        _walk(read_json(message).value, found)
    return {key: tuple(values) for key, values in found.items()}


def _walk(root: Any, found: dict[str, dict[str, None]]) -> None:
    waiting = [root]
    for _ in range(_MOST_NODES):
        if not waiting:
            return
        value = waiting.pop()
        if isinstance(value, list):
            waiting.extend(value)
        elif isinstance(value, dict):
            waiting.extend(below for below in value.values() if isinstance(below, (dict, list)))
            for key, text in value.items():
                if key.endswith("Id") and isinstance(text, str) and text and len(text) <= _LONGEST:
                    _note(found, key, text)


def _note(found: dict[str, dict[str, None]], key: str, text: str) -> None:
    for name in (key, "parentId") if key in _AS_PARENT else (key,):
        values = found.setdefault(name, {})
        if len(values) < _MOST_VALUES:
            values[text] = None
