"""Every attribute and event that a span of ours may carry, and what it means.

``python -m optave_inspector.otlp.attributes > docs/opentelemetry.md`` writes the page for people.
"""

from __future__ import annotations

import sys
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST_TEXT = 256
"""Characters of a text attribute; what is longer is cut."""
LONGEST_CONTENT = 4096
"""Characters of one message, where contents were asked for."""
MOST_EVENTS = 500
"""Events of one span; the first ones and the last stay."""
_OWN = "optave."


class On(StrEnum):
    """What carries an attribute."""

    RESOURCE = "Resource"
    CONNECTION = "Connection span"
    EXCHANGE = "Exchange span"
    EVENT = "Event"
    LINK = "Link"


class Key(StrEnum):
    """The names of attributes: OpenTelemetry's own where it has one, ``optave.*`` otherwise."""

    SERVICE_NAME = "service.name"
    SERVICE_VERSION = "service.version"
    URL_FULL = "url.full"
    URL_SCHEME = "url.scheme"
    SERVER_ADDRESS = "server.address"
    SERVER_PORT = "server.port"
    PEER_ADDRESS = "network.peer.address"
    PEER_PORT = "network.peer.port"
    PROTOCOL_NAME = "network.protocol.name"
    TRANSPORT = "network.transport"
    TLS_PROTOCOL = "tls.protocol.name"
    TLS_VERSION = "tls.protocol.version"
    HTTP_STATUS = "http.response.status_code"
    ERROR_TYPE = "error.type"
    RPC_SYSTEM = "rpc.system.name"
    RPC_METHOD = "rpc.method"
    RPC_METHOD_ORIGINAL = "rpc.method_original"
    RPC_STATUS = "rpc.response.status_code"
    SESSION_ID = "session.id"
    CONNECTION = "optave.connection.id"
    ATTEMPT = "optave.attempt"
    SUBPROTOCOL = "optave.subprotocol"
    CLOSE_CODE = "optave.close.code"
    CLOSE_NAME = "optave.close.name"
    CLOSE_RECEIVED = "optave.close.received"
    CLOSE_FIRST = "optave.close.first"
    CLOSE_CLEAN = "optave.close.clean"
    TOKEN_MS = "optave.handshake.token_ms"  # noqa: S105 - a duration
    DNS_MS = "optave.handshake.dns_ms"
    TCP_MS = "optave.handshake.tcp_ms"
    TLS_MS = "optave.handshake.tls_ms"
    UPGRADE_MS = "optave.handshake.upgrade_ms"
    SENT = "optave.messages.sent"
    RECEIVED = "optave.messages.received"
    SENT_BYTES = "optave.bytes.sent"
    RECEIVED_BYTES = "optave.bytes.received"
    ORPHANS = "optave.orphans"
    STATUS = "optave.status"
    CORRELATION_ID = "optave.correlation_id"
    TRACE_ID = "optave.trace_id"
    THREAD_ID = "optave.thread_id"
    PARENT_ID = "optave.parent_id"
    ENTRY = "optave.entry"
    SIZE = "optave.message.size"
    FIRST_MS = "optave.first_ms"
    STALL_MS = "optave.longest_stall_ms"
    ANSWERS = "optave.answers"
    LATE = "optave.late"
    DUPLICATES = "optave.duplicates"
    GUESSED = "optave.guessed"
    EVENTS_LEFT_OUT = "optave.events_left_out"
    STATE = "optave.state"
    CONTENT = "optave.content"
    CONTENT_CUT = "optave.content.cut"
    LINK = "optave.link"

    @property
    def is_own(self) -> bool:
        """Not one of OpenTelemetry's names."""
        return self.startswith(_OWN)


class EventName(StrEnum):
    """What happens within a span."""

    HANDSHAKE = "optave.handshake"
    CLOSE = "optave.close"
    ORPHAN = "optave.orphan"
    ANSWER = "optave.answer"
    DUPLICATE = "optave.duplicate"


class Row(NamedTuple):
    """One line of the table."""

    key: Key
    on: tuple[On, ...]
    meaning: str


_C, _X, _E = (On.CONNECTION,), (On.EXCHANGE,), (On.EVENT,)
TABLE: tuple[Row, ...] = (
    Row(Key.SERVICE_NAME, (On.RESOURCE,), "`optave-inspector`, unless OTEL_SERVICE_NAME says otherwise."),
    Row(Key.SERVICE_VERSION, (On.RESOURCE,), "The inspector's version."),
    Row(Key.URL_FULL, _C, "The URL without its query, where a token may be."),
    Row(Key.URL_SCHEME, _C, "`ws` or `wss`."),
    Row(Key.SERVER_ADDRESS, (On.CONNECTION, On.EXCHANGE), "The tenant's host."),
    Row(Key.SERVER_PORT, (On.CONNECTION, On.EXCHANGE), "Its port."),
    Row(Key.PEER_ADDRESS, _C, "The address that was connected to: the proxy's where there was one."),
    Row(Key.PEER_PORT, _C, "Its port."),
    Row(Key.PROTOCOL_NAME, (On.CONNECTION, On.EXCHANGE), "`websocket`."),
    Row(Key.TRANSPORT, _C, "`tcp`."),
    Row(Key.TLS_PROTOCOL, _C, "`tls`; missing without TLS."),
    Row(Key.TLS_VERSION, _C, "As `1.3`."),
    Row(Key.HTTP_STATUS, _C, "Status of the upgrade: 101, or that of a refusal."),
    Row(
        Key.ERROR_TYPE,
        (On.CONNECTION, On.EXCHANGE),
        "Missing where all went well. Connection: the HTTP status of a refusal, `not_opened`, `close_1011` and the "
        "like for codes other than 1000 and 1001, `not_clean`. Exchange: the error code, `_OTHER` for an error "
        "without one, `timed_out`, `cut_off`, `cancelled`, `not_sent`.",
    ),
    Row(Key.RPC_SYSTEM, _X, "`optave`."),
    Row(Key.RPC_METHOD, _X, "The action; `_OTHER` for one that Optave does not have."),
    Row(Key.RPC_METHOD_ORIGINAL, _X, "The action as it was written, where it differs."),
    Row(Key.RPC_STATUS, _X, "Error code of an answer."),
    Row(Key.CONNECTION, (On.CONNECTION, On.EXCHANGE), "The same for a connection and all of its exchanges."),
    Row(Key.ATTEMPT, (On.CONNECTION, On.EXCHANGE), "Number of the connection attempt in its session, from 1."),
    Row(Key.SUBPROTOCOL, _C, "What the tenant selected."),
    Row(
        Key.CLOSE_CODE,
        (On.CONNECTION, On.EVENT),
        "Of an ending, the code that a browser would report; of a close frame, its own. Reasons are never sent.",
    ),
    Row(Key.CLOSE_NAME, _C, "What the code means, as `Server error`."),
    Row(
        Key.CLOSE_RECEIVED, (On.CONNECTION, On.EVENT), "A close frame came; without one, the code was not on the wire."
    ),
    Row(Key.CLOSE_FIRST, _C, "Who sent the first close frame: `the tenant`, `the inspector`, `nobody`."),
    Row(Key.CLOSE_CLEAN, _C, "Both close frames were exchanged."),
    Row(Key.TOKEN_MS, _C, "How long taking a token took; each phase is missing where it did not happen."),
    Row(Key.DNS_MS, _C, "How long the name lookup took."),
    Row(Key.TCP_MS, _C, "How long connecting took."),
    Row(Key.TLS_MS, _C, "How long TLS took."),
    Row(Key.UPGRADE_MS, _C, "How long the upgrade took."),
    Row(Key.SENT, _C, "Messages, control frames not counted."),
    Row(Key.RECEIVED, _C, "Messages, control frames not counted."),
    Row(Key.SENT_BYTES, _C, "Their payloads."),
    Row(Key.RECEIVED_BYTES, _C, "Their payloads."),
    Row(Key.ORPHANS, _C, "Answers to no known request."),
    Row(Key.STATUS, _X, "`completed`, `error`, `timed out`, `cut off` and so on, as the window says."),
    Row(Key.CORRELATION_ID, _X, "As it was sent."),
    Row(Key.TRACE_ID, _X, "As it was sent; missing without one."),
    Row(Key.THREAD_ID, _X, "As it was sent; missing without one."),
    Row(Key.SESSION_ID, _X, "The customer's session, as it was sent; missing without one."),
    Row(Key.PARENT_ID, _X, "The request whose answer this one works on; missing without one."),
    Row(Key.ENTRY, (On.EXCHANGE, On.EVENT), "Number of the entry in the capture; of an exchange, its request's."),
    Row(Key.SIZE, (On.EXCHANGE, On.EVENT), "Payload bytes of that message."),
    Row(Key.FIRST_MS, _X, "From the request to the first answer."),
    Row(Key.STALL_MS, _X, "The longest silence after the first answer."),
    Row(Key.ANSWERS, _X, "How many answers came: updates, the final one, late ones."),
    Row(Key.LATE, (On.EXCHANGE, On.EVENT), "How many answers came after its end; of an answer, that it did."),
    Row(Key.DUPLICATES, _X, "How many answers came after the final one."),
    Row(Key.GUESSED, _X, "Matched by action and order, for want of a correlation ID."),
    Row(Key.EVENTS_LEFT_OUT, (On.CONNECTION, On.EXCHANGE), f"Events beyond {MOST_EVENTS}, which are not sent."),
    Row(Key.STATE, _E, "The answer's state, as `started`, `completed`, `error`."),
    Row(
        Key.CONTENT,
        (On.EXCHANGE, On.EVENT),
        f"The message without secrets, at most {LONGEST_CONTENT:,} characters. Only where contents were asked for.",
    ),
    Row(Key.CONTENT_CUT, (On.EXCHANGE, On.EVENT), "The content is longer than what is sent."),
    Row(Key.LINK, (On.LINK,), "`connection`: the link of an exchange to the connection that it went over."),
)

_EVENTS: tuple[tuple[EventName, On, str], ...] = (
    (EventName.HANDSHAKE, On.CONNECTION, "The upgrade was answered, or gave up."),
    (EventName.CLOSE, On.CONNECTION, "A close frame came or went."),
    (EventName.ORPHAN, On.CONNECTION, "An answer to no known request."),
    (EventName.ANSWER, On.EXCHANGE, "An answer: an update, the final one, a late one."),
    (EventName.DUPLICATE, On.EXCHANGE, "An answer after the final one."),
)

_INTRODUCTION = """\
# Traces as OpenTelemetry spans

The inspector sends connections and exchanges as OpenTelemetry spans to any collector that speaks OTLP over HTTP: from a
capture by `optave-inspector export CAPTURE --format otlp --endpoint URL`, and live from the window by Connection ▸ Send
traces to a collector…. This page is made from the table that the inspector itself uses; a test fails when it is out of
date:

    python -m optave_inspector.otlp.attributes > docs/opentelemetry.md

## Spans

- **Connection**: one client span `websocket connection` for each connection attempt, from its first entry to its
  ending, or to its last entry where it has none.
- **Exchange**: one client span for each request, named by its action (`request` where Optave does not have the action),
  from the request to its end. Its answers are events.

A trace ID in the request's headers that is a UUID, of whatever version, has 16 bytes and is the exchange's trace ID, so
that the tenant's own spans join up where it uses the same one. A span's parent is always of the same trace: such an
exchange stands in its trace without a parent, and a span link (`optave.link` = `connection`) leads to the connection,
which is a trace of its own. An exchange without such a trace ID stands in the connection's trace as the connection's
child. `optave.connection.id` finds both.

Span IDs, and the trace IDs of connections, are made from the entries: exporting a capture twice gives the same spans,
and what was sent live has the same IDs as what is exported later. Start times are the wall-clock times of the entries;
what comes after in the same span is measured by the monotonic clock.

Live, a span is sent once, when its exchange or connection has ended, from the moment that sending was switched on. An
answer that comes after its exchange has timed out is missing there; an export from the capture has it.

## What is never sent

Message contents, unless they are asked for, and then without secrets; close reasons; header values of the handshake;
the query of the URL; tokens and secrets in any case.

## Where spans go

An endpoint is a base URL, such as `https://collector.example:4318`: `/v1/traces` is added unless it ends so. Batches
are sent one after the other; what a collector answers with 429, 502, 503 or 504, or not at all, is tried again with
growing pauses, or after the time that it asks for, until the time limit of the batch. What is not delivered then is
counted and shown. Redirects are not followed. Beside the system's certificate authorities, those in the CA file are
trusted.

Environment variables that are honoured, as OpenTelemetry's specification has them:

- `OTEL_EXPORTER_OTLP_ENDPOINT` where no endpoint is given, and `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT` before it, which is
  taken as it is
- `OTEL_EXPORTER_OTLP_HEADERS`, under those that are given; `OTEL_EXPORTER_OTLP_CERTIFICATE` where no CA file is given;
  `OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE` and `OTEL_EXPORTER_OTLP_CLIENT_KEY`; `OTEL_EXPORTER_OTLP_COMPRESSION`, gzip
  where it is missing; of each the form with `OTEL_EXPORTER_OTLP_TRACES_` before it
- `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES`
- `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`

Not honoured: `OTEL_EXPORTER_OTLP_TIMEOUT`, whose unit differs among implementations (the command has `--timeout`);
`OTEL_EXPORTER_OTLP_PROTOCOL` (always HTTP with protobuf); `OTEL_BSP_*`; `OTEL_SDK_DISABLED`; passwords in `.netrc`.
"""


def as_markdown() -> str:
    """The page ``docs/opentelemetry.md``."""
    return "\n".join(_page()) + "\n"


def _page() -> Iterator[str]:
    yield _INTRODUCTION
    yield "## Attributes"
    yield ""
    yield "| attribute | on | meaning |"
    yield "|---|---|---|"
    for row in TABLE:
        yield f"| `{row.key}` | {', '.join(row.on)} | {row.meaning} |"
    yield ""
    yield "## Events"
    yield ""
    yield "| event | on | meaning |"
    yield "|---|---|---|"
    for name, on, meaning in _EVENTS:
        yield f"| `{name}` | {on} | {meaning} |"


if __name__ == "__main__":
    sys.stdout.write(as_markdown())
