"""Requests to start from: for each action, payloads that every check finds right."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import msgspec

from ..resources import read_json, resource

if TYPE_CHECKING:
    from ..protocol.actions import Action


class Template(msgspec.Struct, frozen=True):
    """A payload (``session`` and ``request``) as JSON text, laid out for reading, to be edited before it is sent."""

    name: str
    """Unique within its action; each has ``minimal`` first, then ``typical``, and ``everything``."""
    action: Action
    text: str
    """Exactly as in the file, without the line break at its end."""
    description: str
    """One sentence on what it is for."""


def templates(action: Action) -> list[Template]:
    """The templates of one action, the shortest first. Raises FileNotFoundError for a damaged installation."""
    return [
        Template(entry["name"], action, _text(f"{action.value}/{entry['name']}"), entry["description"])
        for entry in _index()[action.value]
    ]


@functools.cache
def _index() -> dict[str, list[dict[str, str]]]:
    """What there is, by action and in order; ``index.json`` beside the folders of the actions."""
    return msgspec.convert(read_json("templates/index.json"), dict[str, list[dict[str, str]]])


@functools.cache
def _text(name: str) -> str:
    return resource(f"templates/{name}.json").read_text(encoding="utf-8").removesuffix("\n")
