"""Reading what a client sent: an envelope that can be answered, or the reason why not."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

from ..protocol.actions import RULES, Action, Requirement, parse_action
from ..protocol.ids import is_uuid7
from ..protocol.limits import MAX_ENVELOPE_UNITS, measure
from ..protocol.timestamps import is_header_date_time

if TYPE_CHECKING:
    from ..protocol.contract import Contract

REQUEST_SCHEMA = "optave.message.v3"


@dataclass(frozen=True, slots=True)
class Request:
    """A request that can be answered."""

    action: Action
    headers: Mapping[str, Any]
    payload: Mapping[str, Any]
    notes: tuple[str, ...] = ()
    """What is odd about it, and let pass."""

    @property
    def streamed(self) -> bool:
        """Whether the answer is to come in parts: only a real ``false`` asks for it (``protocol.md`` section 8.3)."""
        settings = self.payload["request"].get("settings")
        return isinstance(settings, Mapping) and settings.get("disableStream") is False


class BadRequestError(Exception):
    """A message that gets an error envelope. ``headers`` is what could be read of the client's."""

    def __init__(self, code: str, sentence: str, headers: Mapping[str, Any] | None = None) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence
        self.headers: Mapping[str, Any] = headers or {}


def read_request(message: str | bytes, contract: Contract | None = None) -> Request:
    """The request in ``message``, one whole WebSocket message.

    With ``contract`` an envelope must also keep the request schema. Raises BadRequestError.
    """
    if isinstance(message, bytes):
        raise BadRequestError("UNSUPPORTED_DATA", "Messages are JSON text; a binary message is not read.")
    size = measure(message)
    value = _read_json(message, too_large=not size.fits_units)
    headers = value.get("headers") if isinstance(value, Mapping) else None
    known = headers if isinstance(headers, Mapping) else {}
    if not size.fits_units:
        raise BadRequestError(
            "PAYLOAD_TOO_LARGE",
            f"The envelope has {size.units:,} UTF-16 units; the limit is {MAX_ENVELOPE_UNITS:,}, which is 128 KB.",
            known,
        )
    if not isinstance(value, Mapping):
        raise BadRequestError("INVALID_ENVELOPE", "An envelope is a JSON object with action, headers and payload.")
    _check_envelope(value, known)
    action = _read_action(known)
    payload: Mapping[str, Any] = value["payload"]
    _check_payload(action, payload, known)
    if contract is not None:
        _check_schema(contract, value, known)
    return Request(action, known, payload, tuple(_notes(action, known, payload)))


def _read_json(message: str, *, too_large: bool) -> Any:
    try:
        return json.loads(message, parse_constant=_no_constant, parse_float=_finite)
    except (ValueError, RecursionError) as error:
        if too_large:
            return None
        why = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise BadRequestError("INVALID_JSON", f"The message is not JSON: {why}.") from error


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON value")


def _finite(text: str) -> float | None:
    # What JavaScript makes of a number too large: Infinity when read, null when written.
    number = float(text)
    return number if math.isfinite(number) else None


def _check_envelope(value: Mapping[str, Any], headers: Mapping[str, Any]) -> None:
    missing = [name for name in ("action", "headers", "payload") if name not in value]
    if missing:
        raise BadRequestError("INVALID_ENVELOPE", f"The envelope lacks {', '.join(missing)}.", headers)
    if value["action"] != "message":
        raise BadRequestError("INVALID_ENVELOPE", "The envelope's own action must be the text message.", headers)
    for name in ("headers", "payload"):
        if not isinstance(value[name], Mapping):
            raise BadRequestError("INVALID_ENVELOPE", f"The envelope's {name} must be an object.", headers)


def _read_action(headers: Mapping[str, Any]) -> Action:
    named = headers.get("action")
    action = parse_action(named) if isinstance(named, str) else None
    if action is None:
        what = f"{named[:80]!r} is no action" if isinstance(named, str) else "headers.action is missing or no text"
        raise BadRequestError("INVALID_ACTION", f"{what}. Known are {', '.join(Action)}.", headers)
    return action


def _check_payload(action: Action, payload: Mapping[str, Any], headers: Mapping[str, Any]) -> None:
    for name in ("session", "request"):
        if not isinstance(payload.get(name), Mapping):
            raise BadRequestError("INVALID_PAYLOAD", f"payload.{name} must be an object.", headers)
    missing = [rule.path for rule in RULES[action].sdk if not _met(rule, payload)]
    if missing:
        raise BadRequestError("REQUIRED_FIELDS_MISSING", f"{action} needs {', '.join(missing)}.", headers)


def _met(rule: Requirement, payload: Mapping[str, Any]) -> bool:
    value: Any = payload
    for name in rule.path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return isinstance(value, list) and bool(value) if rule.non_empty_array else bool(value)


def _check_schema(contract: Contract, value: Mapping[str, Any], headers: Mapping[str, Any]) -> None:
    findings = contract.request_envelope(value).findings
    if findings:
        shown = " ".join(f"{finding.path}: {finding.sentence}" for finding in findings[:3])
        more = f" {len(findings) - 3} more." if len(findings) > 3 else ""
        raise BadRequestError("SCHEMA_MISMATCH", f"The envelope breaks the request schema. {shown}{more}", headers)


def _notes(action: Action, headers: Mapping[str, Any], payload: Mapping[str, Any]) -> list[str]:
    notes: list[str] = []
    if headers["action"] != action:
        notes.append(f"headers.action is written {headers['action']}; its wire name is {action}.")
    if action.deprecated:
        notes.append(f"{action} is deprecated; interaction takes its place.")
    if headers.get("schemaRef") != REQUEST_SCHEMA:
        notes.append(f"headers.schemaRef is not {REQUEST_SCHEMA}.")
    if not isinstance(headers.get("correlationId"), str | int | float):
        notes.append("headers.correlationId is missing; the answer has one of its own.")
    notes.extend(
        f"headers.{name} is no UUIDv7."
        for name in ("correlationId", "traceId", "idempotencyKey")
        if isinstance(headers.get(name), str) and not is_uuid7(headers[name])
    )
    notes.extend(
        f"headers.{name} is no time in UTC with three fraction digits."
        for name in ("timestamp", "issuedAt")
        if name in headers and not (isinstance(headers[name], str) and is_header_date_time(headers[name]))
    )
    if "headers" in payload:
        notes.append("payload.headers repeats header overrides; headers belong to the envelope only.")
    blank = _blank_items(payload["request"], "request")
    if blank:
        notes.append(f"An item with nothing but blank fields is in {', '.join(blank)}.")
    return notes


def _blank_items(value: Mapping[str, Any], path: str) -> list[str]:
    found: list[str] = []
    for name, part in value.items():
        where = f"{path}.{name}"
        if isinstance(part, Mapping) and path.count(".") < 1:
            found.extend(_blank_items(part, where))
        elif isinstance(part, list) and any(
            isinstance(item, Mapping) and item and not any(item.values()) for item in part
        ):
            found.append(where)
    return found
