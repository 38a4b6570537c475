"""Orders to the local tenant as notes in the log, so that evidence tells what the tenant was told to do."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_START = "Ordered of the local tenant: "
CALM = "calm"
_NUMBER = re.compile(r"-?\d{1,18}(\.\d{1,9})?", re.ASCII)


def order_note(name: str, parameters: Mapping[str, Any], connections: int | None = None) -> str:
    """The note of an order; :func:`read_order` reads it."""
    given = {**parameters, **({"next": connections} if connections is not None else {})}
    parts = ",".join(f"{key}={_written(value)}" for key, value in given.items() if value is not None)
    return f"{_START}{name}{':' if parts else ''}{parts}"


def read_order(note: str) -> tuple[str, dict[str, Any]] | None:
    """Name and parameters of an order; None for another note."""
    if not note.startswith(_START):
        return None
    name, _, rest = note.removeprefix(_START).partition(":")
    found: dict[str, Any] = {}
    for part in re.split(r"(?<!\\),", rest) if rest else ():
        key, equals, value = part.partition("=")
        if equals:
            found[key] = _read(value)
    return name.strip(), found


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        # Quoted where it would else be read as something else.
        plain = f'"{value}"' if value in ("true", "false") or _NUMBER.fullmatch(value) or value[:1] == '"' else value
        return plain.replace("\\", "\\\\").replace(",", "\\,")
    return str(value)


def _read(text: str) -> Any:
    if text in ("true", "false"):
        return text == "true"
    if _NUMBER.fullmatch(text):
        return float(text) if "." in text else int(text)
    plain = text.replace("\\,", ",").replace("\\\\", "\\")
    return plain[1:-1] if plain[:1] == '"' and plain[-1:] == '"' and len(plain) > 1 else plain
