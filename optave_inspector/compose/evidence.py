"""Requests taken from what was sent: to send them once more, or to edit them first."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from ..protocol.actions import Action
from ..protocol.envelope import Generated, Overrides, request_headers, wrap
from ..protocol.read_json import read_json
from .drafts import Draft, new_id
from .positions import read_positions
from .variables import needs_verbatim


@dataclass(frozen=True, slots=True)
class Evidence:
    """A request as an editor takes it over."""

    text: str
    """The payload as it was sent, or the whole message where it is no envelope that we would build."""
    whole: bool
    """``text`` is the whole message."""
    action: Action | None = None
    """None where the message names none of ours."""
    overrides: Overrides = field(default_factory=Overrides)
    """Headers that were given beside the generated ones: timestamp, tenant and network latency."""


def renew(message: str, generated: Generated) -> str:
    """``message`` with new IDs and a new time of issue where it has any; everything else stays as it was written.

    The correlation ID is new as well where the first request took it from ``request.requestId``.
    """
    positions = read_positions(message)
    values = {
        "$.headers.correlationId": generated.correlation_id,
        "$.headers.traceId": generated.trace_id,
        "$.headers.idempotencyKey": generated.idempotency_key,
        "$.headers.issuedAt": generated.issued_at,
    }
    spans = [(positions.span(path), value) for path, value in values.items()]
    found = sorted(((span.start, span.end, value) for span, value in spans if span is not None), reverse=True)
    for start, end, value in found:
        message = f"{message[:start]}{json.dumps(value)}{message[end:]}"
    return message


def read_evidence(message: str) -> Evidence:
    """Take ``message`` apart where putting it together again gives the same text, character for character."""
    action = _action(message)
    positions = read_positions(message)
    span = positions.span("$.payload")
    value = read_json(message).value
    headers = value.get("headers") if isinstance(value, dict) else None
    if action is not None and span is not None and positions.problem is None and isinstance(headers, dict):
        payload = message[span.start : span.end]
        given = _given(headers)
        if given is not None and _put_together(action, headers, given, payload) == message:
            return Evidence(payload, whole=False, action=action, overrides=given)
    return Evidence(message, whole=True, action=action)


def evidence_draft(evidence: Evidence, origin: str) -> Draft:
    """A draft of what was seen; ``origin`` says where, such as ``exchange 3``."""
    given = evidence.overrides
    latency = given.network_latency_ms
    headers = {
        "timestamp": given.timestamp or "",
        "tenantId": given.tenant_id or "",
        "networkLatencyMs": "" if latency is None else f"{latency:g}" if latency == int(latency) else repr(latency),
    }
    action = evidence.action
    return Draft(
        id=new_id(),
        name=f"{action.sdk_name if action is not None else 'message'} of {origin}",
        action=(action or Action.INTERACTION).value,
        whole=evidence.whole,
        text=evidence.text,
        headers={name: text for name, text in headers.items() if text},
        more={"verbatim": True} if needs_verbatim(evidence.text) else {},
    )


def _action(message: str) -> Action | None:
    value = read_json(message).value
    headers = value.get("headers") if isinstance(value, dict) else None
    name = headers.get("action") if isinstance(headers, dict) else None
    return next((action for action in Action if action.value == name), None)


def _given(headers: dict[str, Any]) -> Overrides | None:
    """What the user gave; None where a value is of another type than it can have."""
    latency, timestamp, tenant_id = (headers.get(name) for name in ("networkLatencyMs", "timestamp", "tenantId"))
    if isinstance(latency, bool) or not isinstance(latency, (int, float, type(None))):
        return None
    if not isinstance(timestamp, (str, type(None))) or not isinstance(tenant_id, (str, type(None))):
        return None
    return Overrides(timestamp=timestamp, tenant_id=tenant_id, network_latency_ms=latency)


def _put_together(action: Action, headers: dict[str, Any], given: Overrides, payload: str) -> str:
    ids = [headers.get(name) for name in ("correlationId", "traceId", "idempotencyKey", "issuedAt")]
    if not all(isinstance(value, str) for value in ids):
        return ""
    try:
        return wrap(request_headers(action, Generated(*map(str, ids)), given, None), payload)
    except ValueError:  # a latency that is no finite number
        return ""
