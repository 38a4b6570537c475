"""Writing what the tenant sends: response and error envelopes (``protocol.md`` sections 7 and 8.1)."""

from __future__ import annotations

import json
import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..protocol.actions import Action, parse_action
from ..protocol.ids import uuid7
from ..protocol.timestamps import iso_millis

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

RESPONSE_SCHEMA = "optave.response.v3"
ERROR_SCHEMA = "optave.error.v3"
STARTED = "started"
COMPLETED = "completed"
_ECHOED = ("tenantId", "traceId", "idempotencyKey", "sdkVersion")

ACTION_TYPES: Mapping[Action, str] = {
    Action.ADJUST: "adjust_suggestion",
    Action.ELEVATE: "elevate_suggestion",
    Action.INTERACTION: "interaction_suggestion",
    Action.RECEPTION: "reception_routing",
    Action.CUSTOMER_INTERACTION: "sentiment_analysis",
    Action.SUMMARIZE: "summarize",
    Action.TRANSLATE: "translate",
    Action.RECOMMEND: "recommend",
    Action.INSIGHTS: "insights",
}
"""``actionType`` by action. Optave shows ``adjust_suggestion``, ``sentiment_analysis`` and ``translate`` of these."""


@dataclass(frozen=True, slots=True)
class Stamps:
    """Where times and IDs come from."""

    unix_ns: Callable[[], int] = time.time_ns
    random: Callable[[int], bytes] = os.urandom

    def correlation_id(self) -> str:
        """An ID that nobody has used."""
        return uuid7(self.unix_ns() // 1_000_000, self.random(10))


@dataclass(frozen=True, slots=True)
class Reply:
    """All frames that answer one request share these: its headers echoed, and when it came."""

    action: Action | None
    """None where the request named none that is known."""
    asked: Mapping[str, Any]
    """The request's headers, as far as they could be read."""
    correlation_id: str | int | float | None
    """As it came; made up where a sound request has none, None where nothing could be read."""
    received_ns: int
    stamps: Stamps

    def response(self, state: str, item: Mapping[str, Any]) -> str:
        """A response envelope with one result of one item; ``state`` is :data:`STARTED` or :data:`COMPLETED`."""
        return self._envelope(RESPONSE_SCHEMA, state, item)

    def error(self, code: str, content: str) -> str:
        """An error envelope."""
        return self._envelope(ERROR_SCHEMA, "error", {"content": content, "error_code": code})

    def _envelope(self, schema: str, state: str, item: Mapping[str, Any]) -> str:
        headers: dict[str, Any] = {}
        if self.correlation_id is not None:
            headers["correlationId"] = self.correlation_id
        action = self.action if self.action is not None else self.asked.get("action")
        if isinstance(action, str):
            headers["action"] = str(action)
        headers |= {"schemaRef": schema, "identifier": "message"}
        headers |= {name: self.asked[name] for name in _ECHOED if isinstance(self.asked.get(name), str)}
        headers |= {"timestamp": iso_millis(self.received_ns), "issuedAt": iso_millis(self.stamps.unix_ns())}
        payload = {
            "action": "superpower",
            "actionType": ACTION_TYPES[self.action] if self.action is not None else "error",
            "state": state,
            "message": {"results": [{"response": [item]}]},
        }
        return to_json({"action": "message", "headers": headers, "payload": payload})


def reply_to(headers: Mapping[str, Any], stamps: Stamps, *, readable: bool) -> Reply:
    """The reply to a request with these headers. ``readable``: a sound one; a missing correlation ID is made up."""
    named = headers.get("action")
    given = headers.get("correlationId")
    if not isinstance(given, str | int | float):
        given = stamps.correlation_id() if readable else None
    action = parse_action(named) if isinstance(named, str) else None
    return Reply(action, headers, given, stamps.unix_ns(), stamps)


def to_json(value: Any) -> str:
    """Compact JSON as ``JSON.stringify`` writes it: only lone surrogates are escaped, which UTF-8 cannot carry."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(value, separators=(",", ":"))
    return text
