"""What could be written at the cursor of a request, with what it means and who asks for it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ..protocol.contract_fields import ContractFields, Field, authorities
from .json_cursor import CursorPlace, cursor_place

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ..protocol.actions import Action
    from .positions import Step

_MOST: Final = 60
_OWN_VALUE = re.compile(r'"([A-Za-z]+Id)"\s*:\s*("(?:[^"\\\n]|\\.)*")')
_EMPTY: Final = {"string": '""', "object": "{}", "array": "[]", "boolean": "false", "number": "0"}


@dataclass(frozen=True, slots=True)
class Proposal:
    """One thing that could stand at the cursor: ``insert`` in place of code points ``start`` to ``end``."""

    label: str
    insert: str
    start: int
    end: int
    caret: int
    """Where the cursor goes, from the beginning of ``insert``."""
    detail: str
    """A few words beside it."""
    help: str
    """Some sentences on the field."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What a text is judged by while it is written."""

    action: Action
    whole: bool = False
    """The text is the whole message, not the payload."""


def complete(
    text: str, cursor: int, setting: Setting, fields: ContractFields, known: Mapping[str, Sequence[str]]
) -> tuple[Proposal, ...]:
    """What could stand at the cursor, what is required first. ``known`` gives IDs by the name of their key.

    Never raises, whatever the text. Takes some 10 ms where 128 KB stand before the cursor.
    """
    place = cursor_place(text, cursor)
    if place is None:
        return ()
    found = _keys(place, setting, fields) if place.is_key else _values(text, place, setting, fields, known)
    typed = place.typed.lower()
    rows = [one for one in found if typed in one.label.lower()]
    rows.sort(key=lambda one: not one.label.lower().startswith(typed))
    return tuple(rows[:_MOST])


def help_at(text: str, offset: int, setting: Setting, fields: ContractFields) -> str:
    """What the field is whose key or value stands at ``offset``; empty where the contract knows none."""
    place = cursor_place(text, offset + 1)
    if place is None or place.start == place.end:
        return ""
    steps = (*place.steps, place.token) if place.is_key else place.steps
    field = fields.field(steps, whole=setting.whole)
    return "" if field is None or not steps else help_text(field, steps, setting)


def help_text(field: Field, steps: Sequence[Step], setting: Setting) -> str:
    """A field in sentences: what it is, what it means, what it may be, who requires it."""
    kind = {"string": "text", "array": "list"}.get(field.kind, field.kind)
    parts = [f"{field.name or 'Item'}{f' ({kind})' if kind else ''}", field.description]
    if field.values:
        parts.append(f"One of: {', '.join(field.values)}.")
    asking = _asking(field, steps, setting)
    parts.append(f"Required for {setting.action.sdk_name} by {_listed(asking)}." if asking else "May be left out.")
    return "\n".join(part for part in parts if part)


def own_values(text: str) -> dict[str, tuple[str, ...]]:
    """The IDs that the text itself holds, by the name of their key."""
    found: dict[str, dict[str, None]] = {}
    for match in _OWN_VALUE.finditer(text):
        try:
            value = json.loads(match[2])
        except ValueError:
            continue
        if value:
            found.setdefault(match[1], {})[value] = None
    return {key: tuple(values) for key, values in found.items()}


def _asking(field: Field, steps: Sequence[Step], setting: Setting) -> tuple[str, ...]:
    if setting.whole and steps[:1] == ("payload",):
        return authorities(setting.action, steps[1:], demanded=field.demanded)
    if setting.whole:
        return ("the schema",) if field.demanded else ()
    return authorities(setting.action, steps, demanded=field.demanded)


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _keys(place: CursorPlace, setting: Setting, fields: ContractFields) -> list[Proposal]:
    required: list[Proposal] = []
    others: list[Proposal] = []
    for field in fields.children(place.steps, whole=setting.whole):
        if field.name in place.siblings:
            continue
        steps = (*place.steps, field.name)
        asking = _asking(field, steps, setting)
        key = json.dumps(field.name)
        insert, caret = key, len(key)
        if place.after != ":":
            value = '""' if field.values else _EMPTY.get(field.kind, "")
            insert = f"{key}: {value}"
            caret = len(insert) - (1 if value in ('""', "{}", "[]") else 0)
            if place.after == '"':
                insert += ","
        detail = f"required · {field.description}" if asking else field.description
        row = Proposal(field.name, insert, place.start, place.end, caret, detail, help_text(field, steps, setting))
        (required if asking else others).append(row)
    return required + others


def _values(
    text: str, place: CursorPlace, setting: Setting, fields: ContractFields, known: Mapping[str, Sequence[str]]
) -> Iterator[Proposal]:
    field = fields.field(place.steps, whole=setting.whole)
    if field is None:
        return
    words = help_text(field, place.steps, setting)

    def row(label: str, insert: str, detail: str) -> Proposal:
        inside = 1 if insert in ("{}", "[]") else 0
        return Proposal(label, insert, place.start, place.end, len(insert) - inside, detail, words)

    for value in field.values:
        yield row(value, json.dumps(value), field.description)
    if field.kind == "boolean":
        for literal in ("true", "false"):
            yield row(literal, literal, field.description)
    elif field.kind in ("object", "array") and not place.typed:
        yield row(_EMPTY[field.kind], _EMPTY[field.kind], field.description)
    elif field.kind == "string" and not field.values and isinstance(place.steps[-1], str):
        name = place.steps[-1]
        own = own_values(text).get(name, ())
        for value in dict.fromkeys((*own, *known.get(name, ()))):
            if value != place.token or place.typed != place.token:
                detail = "in this text" if value in own else "seen in this capture"
                yield row(value, json.dumps(value, ensure_ascii=False), detail)
