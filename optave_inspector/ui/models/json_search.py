"""Where a text stands in a JSON value: in names of properties and in values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .json_text import scalar_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .json_nodes import Step

MOST = 1_000
"""So many places are found at most."""

Path = tuple["Step", ...]


def places_of(value: Any, text: str, stopped: Callable[[], bool] = lambda: False) -> list[Path]:
    """The steps to each node whose name or value holds ``text``, in the order of the tree, without regard to case."""
    wanted = text.casefold()
    found: list[Path] = []
    for path, step, one in _walk(value):
        if (isinstance(step, str) and wanted in step.casefold()) or _holds(one, wanted):
            found.append(path)
            if len(found) >= MOST:
                break
        if stopped():
            break
    return found


def _holds(value: Any, wanted: str) -> bool:
    if isinstance(value, str):
        return wanted in value.casefold()
    return not isinstance(value, (dict, list)) and wanted in scalar_text(value).casefold()


def _walk(value: Any) -> Iterator[tuple[Path, Step, Any]]:
    """Every node below the root, parents first. Without recursion, as values may be nested some hundred levels deep."""
    if not isinstance(value, (dict, list)):
        yield (), 0, value
        return
    levels: list[tuple[Path, Iterator[tuple[Step, Any]]]] = [((), _items(value))]
    while levels:
        path, items = levels[-1]
        entry = next(items, None)
        if entry is None:
            levels.pop()
            continue
        step, one = entry
        here = (*path, step)
        yield here, step, one
        if isinstance(one, (dict, list)):
            levels.append((here, _items(one)))


def _items(value: dict[str, Any] | list[Any]) -> Iterator[tuple[Step, Any]]:
    return iter(value.items()) if isinstance(value, dict) else iter(enumerate(value))
