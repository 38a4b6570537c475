"""A message as it goes out: the draft with values in their places, and the account of what nobody typed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..protocol.envelope import Generated, Overrides, request_headers, request_id_of, wrap
from ..protocol.json_path import json_path
from .positions import read_positions

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ..protocol.actions import Action
    from .variables import Resolved

GENERATED = "generated"
FROM_PROFILE = "profile"
_CONSTANT = ("schemaRef", "sdkVersion", "identifier")
_RENEWED = ("correlationId", "traceId", "idempotencyKey", "issuedAt")


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One text message, ready to be sent."""

    message: str
    made_parts: dict[str, str] = field(default_factory=dict)
    """By JSON path what nobody typed: ``generated``, ``profile``, or the variable as ``{{name}}``."""


def put_together(
    action: Action,
    text: Resolved,
    generated: Generated,
    overrides: Overrides,
    *,
    whole: bool,
    given: Mapping[str, str] | None = None,
) -> Outgoing:
    """The message for what an editor holds: a payload, or with ``whole`` all of it.

    ``given`` says of given headers where their values come from, where nobody typed them. Raises ValueError for a
    network latency that JSON cannot hold.
    """
    if whole:
        return Outgoing(text.text, _parts_of(text, ""))
    request_id = request_id_of(text.text)
    headers = request_headers(action, generated, overrides, request_id)
    typed = {
        "correlationId": overrides.correlation_id or request_id,
        "traceId": overrides.trace_id,
        "idempotencyKey": overrides.idempotency_key,
        "issuedAt": overrides.issued_at,
    }
    made = {f"$.headers.{name}": GENERATED for name in headers if name in _CONSTANT or not typed.get(name, "typed")}
    made |= {f"$.headers.{name}": origin for name, origin in (given or {}).items() if name in headers}
    return Outgoing(wrap(headers, text.text), made | _parts_of(text, ".payload"))


def renewed_parts(message: str) -> dict[str, str]:
    """The account for a message of which IDs and the time of issue were made anew."""
    positions = read_positions(message)
    paths = (f"$.headers.{name}" for name in _RENEWED)
    return {path: GENERATED for path in paths if positions.span(path) is not None}


def names_of(text: Resolved) -> str:
    """The variables that a text asks for, as they are written."""
    return ", ".join(dict.fromkeys(f"{{{{{part.name}}}}}" for part in text.parts if part.name))


def _parts_of(text: Resolved, below: str) -> dict[str, str]:
    parts = [part for part in text.parts if part.name]
    if not parts:
        return {}
    positions = read_positions(text.text)
    found: dict[str, list[str]] = {}
    for part in parts:
        steps = positions.path_at(part.at)
        path = json_path(steps) if steps is not None else "$"
        found.setdefault(f"${below}{path[1:]}", []).append(f"{{{{{part.name}}}}}")
    return {path: _joined(names) for path, names in found.items()}


def _joined(names: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(names))
