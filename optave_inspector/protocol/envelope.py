"""The request envelope, as the JavaScript SDK puts it together (``protocol.md`` section 4), without its faults."""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from .actions import Action
from .read_json import read_json

MESSAGE_SCHEMA_REF = "optave.message.v3"
RESPONSE_SCHEMA_REF = "optave.response.v3"
ERROR_SCHEMA_REF = "optave.error.v3"
SDK_VERSION = "none"
"""What Optave asks clients other than its SDK to send."""

_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Generated:
    """What the caller makes anew for each request: three UUIDs of :func:`ids.uuid7`, a time of ``iso_millis``."""

    correlation_id: str
    trace_id: str
    idempotency_key: str
    issued_at: str


@dataclass(frozen=True, slots=True)
class Overrides:
    """Headers given by the user. None and an empty text mean that nothing is given."""

    correlation_id: str | None = None
    trace_id: str | None = None
    idempotency_key: str | None = None
    timestamp: str | None = None
    """When the event happened, on the user's clock."""
    tenant_id: str | None = None
    network_latency_ms: float | None = None
    issued_at: str | None = None
    left_out: frozenset[str] = frozenset()
    """Names of headers that are not sent at all, whatever else is said."""


def request_headers(
    action: Action, generated: Generated, overrides: Overrides, request_id: str | None
) -> dict[str, object]:
    """The ``headers`` object in the SDK's key order.

    The correlation ID is the override, else ``request_id`` where it is not empty, else the generated one.
    Raises ValueError for a network latency that JSON cannot hold (infinite or not a number).
    """
    headers: dict[str, object] = {
        "correlationId": overrides.correlation_id or request_id or generated.correlation_id,
        "action": action.value,
        "schemaRef": MESSAGE_SCHEMA_REF,
        "sdkVersion": SDK_VERSION,
        "identifier": "message",
        "traceId": overrides.trace_id or generated.trace_id,
        "idempotencyKey": overrides.idempotency_key or generated.idempotency_key,
    }
    if overrides.timestamp:
        headers["timestamp"] = overrides.timestamp
    headers["issuedAt"] = overrides.issued_at or generated.issued_at
    if overrides.tenant_id:
        headers["tenantId"] = overrides.tenant_id
    if overrides.network_latency_ms is not None:
        headers["networkLatencyMs"] = _json_number(overrides.network_latency_ms)
    return {name: value for name, value in headers.items() if name not in overrides.left_out}


def wrap(headers: Mapping[str, object], payload_text: str) -> str:
    """The envelope's text. ``payload_text`` goes in as it is, whether JSON or not; the rest is compact."""
    return f'{{"action":"message","headers":{_compact(headers)},"payload":{payload_text}}}'


def build_request(action: Action, payload_text: str, generated: Generated, overrides: Overrides | None = None) -> str:
    """The text to send for ``payload_text``, the JSON of ``session`` and ``request`` as the user wrote it.

    Where no override is given, ``request.requestId`` of the payload becomes the correlation ID, unless it is empty or
    no text.
    """
    return wrap(request_headers(action, generated, overrides or Overrides(), request_id_of(payload_text)), payload_text)


def request_id_of(payload_text: str) -> str | None:
    """``request.requestId`` of a payload, read tolerantly; None where there is none or it is no text."""
    payload = read_json(payload_text).value
    request = payload.get("request") if isinstance(payload, dict) else None
    request_id = request.get("requestId") if isinstance(request, dict) else None
    return request_id if isinstance(request_id, str) else None


def _json_number(number: float) -> float | int:
    if not math.isfinite(number):
        raise ValueError(f"networkLatencyMs must be a finite number, not {number}.")
    return int(number) if number == int(number) and abs(number) < 1e21 else number


def _compact(headers: Mapping[str, object]) -> str:
    text = json.dumps(headers, ensure_ascii=False, separators=(",", ":"))
    return _SURROGATE.sub(lambda half: f"\\u{ord(half[0]):04x}", text)
