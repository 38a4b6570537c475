"""The fields that a form offers for a request: what the action needs first, the usual others in groups."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ..protocol.actions import RULES, Action
from ..protocol.contract_fields import ContractFields, Field, authorities

if TYPE_CHECKING:
    from collections.abc import Iterator

Path = tuple[str, ...]

_GROUPS: Final[tuple[tuple[str, Path], ...]] = (
    ("Session", ("session",)),
    ("Channel", ("session", "channel")),
    ("Interface", ("session", "interface")),
    ("Request", ("request",)),
    ("Attributes", ("request", "attributes")),
    ("Connections", ("request", "connections")),
    ("Context", ("request", "context")),
    ("Settings", ("request", "settings")),
)
CONVERSATIONS: Final = ("request", "scope", "conversations")
_LONG: Final = ("content", "instruction")


@dataclass(frozen=True, slots=True)
class FormField:
    """One value to fill in."""

    path: Path
    """From the payload."""
    field: Field
    required: tuple[str, ...]
    """Who requires it for the action; empty where it may be left out."""

    @property
    def may_be_empty(self) -> bool:
        """Whether an empty text is enough: the schema alone asks for it."""
        return self.required == ("the schema",)

    @property
    def is_long(self) -> bool:
        """Whether it is a text of several lines."""
        return self.field.name in _LONG


@dataclass(frozen=True, slots=True)
class FormGroup:
    """Fields under a heading."""

    title: str
    fields: tuple[FormField, ...]


def form_groups(action: Action, fields: ContractFields) -> tuple[FormGroup, ...]:
    """The groups for an action, the first one with all single values that it needs."""
    every = {path: tuple(_fields(action, path, fields)) for _, path in _GROUPS}
    needed = tuple(one for group in every.values() for one in group if one.required)
    rest = (FormGroup(title, tuple(one for one in every[path] if not one.required)) for title, path in _GROUPS)
    first = FormGroup(f"Needed for {action.sdk_name}", needed)
    return (first, *(group for group in rest if group.fields))


def other_needs(action: Action) -> tuple[str, ...]:
    """What the action needs besides single values and conversations, in words: it is written in the text."""
    rules = RULES[action]
    lists = {one.path: one for one in (*rules.sdk, *rules.documentation) if one.non_empty_array}
    lists.pop(".".join(CONVERSATIONS), None)
    return tuple(f"{path}: {one.sentence} Write them in the text." for path, one in lists.items())


def _fields(action: Action, path: Path, fields: ContractFields) -> Iterator[FormField]:
    for field in fields.children(path):
        if field.kind in ("string", "number", "boolean"):
            below = (*path, field.name)
            yield FormField(below, field, authorities(action, below, demanded=field.demanded))
