"""Connection attempts and exchanges as spans of the OpenTelemetry SDK, the same each time."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from opentelemetry.sdk.resources import OTELResourceDetector, Resource
from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import Link, SpanContext, SpanKind, Status, StatusCode, TraceFlags

from .. import __version__
from ..capture.entry import EntryFlag
from ..protocol.actions import parse_action
from ..protocol.close_codes import explain
from ..tracing.exchange import Exchange, ExchangeStatus
from .attributes import LONGEST_CONTENT, LONGEST_TEXT, MOST_EVENTS, EventName, Key
from .ids import made_span_id, trace_id_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ..capture.entry import Entry
    from ..capture.redaction import Redactor
    from .attempts import Attempt

Attributes = dict[str, str | int | float | bool]

_FINE_CODES = frozenset({1000, 1001})
_DEFAULT_PORTS = {"ws": 80, "wss": 443}
_LARGEST = (1 << 63) - 1
"""What a number of OTLP holds."""
_SWITCHED = 101
_GUESSED = int(EntryFlag.GUESSED)
_OTHER = "_OTHER"
_WORDS = {
    ExchangeStatus.ERROR: "The tenant answered with an error.",
    ExchangeStatus.TIMED_OUT: "No final answer came in time.",
    ExchangeStatus.CUT_OFF: "The connection ended before the final answer.",
    ExchangeStatus.CANCELLED: "The user no longer waited.",
    ExchangeStatus.NOT_SENT: "The connection was not open: nothing was sent.",
}


def resource() -> Resource:
    """Who speaks: the inspector, and what the environment says of it."""
    own = Resource({Key.SERVICE_NAME: "optave-inspector", Key.SERVICE_VERSION: __version__})
    return own.merge(OTELResourceDetector().detect())


def entries_of(exchange: Exchange) -> list[int]:
    """The numbers of the entries that the exchange's span needs, its request first."""
    return [exchange.request_entry, *_told(exchange.answers), *_told(exchange.duplicates)]


class SpanMaker:
    """Makes spans. ``redactor`` cleans every text; without ``with_contents`` no message is looked at."""

    def __init__(self, redactor: Redactor, *, with_contents: bool = False) -> None:
        self._redactor = redactor
        self._with_contents = with_contents
        self._resource = resource()
        self._scope = InstrumentationScope("optave-inspector", __version__)

    def connection(self, attempt: Attempt) -> ReadableSpan:
        """The span of a connection attempt, as far as it is known; ``attempt.is_over`` says whether that is all."""
        problem = _connection_problem(attempt)
        attributes: Attributes = {
            Key.CONNECTION: f"{attempt.trace_id:032x}",
            Key.ATTEMPT: attempt.number,
            Key.PROTOCOL_NAME: "websocket",
            Key.TRANSPORT: "tcp",
            **self._server(attempt),
            **self._wire(attempt),
            Key.SENT: attempt.sent,
            Key.RECEIVED: attempt.received,
            Key.SENT_BYTES: _within(attempt.sent_bytes),
            Key.RECEIVED_BYTES: _within(attempt.received_bytes),
            Key.ORPHANS: attempt.orphans,
            **_ending(attempt),
        }
        if problem:
            attributes[Key.ERROR_TYPE] = problem
        if attempt.events_left_out:
            attributes[Key.EVENTS_LEFT_OUT] = attempt.events_left_out
        first = attempt.first
        return ReadableSpan(
            "websocket connection",
            context=_context(attempt.trace_id, attempt.span_id),
            resource=self._resource,
            attributes=attributes,
            events=[_connection_event(name, entry, first) for name, entry in attempt.events],
            kind=SpanKind.CLIENT,
            status=Status(StatusCode.ERROR if problem else StatusCode.UNSET),
            start_time=_moment(first.wall_ns),
            end_time=_later(first, (attempt.ending or attempt.last).monotonic_ns),
            instrumentation_scope=self._scope,
        )

    def exchange(
        self,
        exchange: Exchange,
        attempt: Attempt,
        entries: Mapping[int, Entry],
        payload: Callable[[int], bytes],
    ) -> ReadableSpan:
        """The span of an exchange that has ended.

        ``entries`` holds those of :func:`entries_of`; ``payload`` is asked only where contents are sent.
        """
        request = entries[exchange.request_entry]
        # What could not be sent before there was any connection has no parent.
        connection = _context(attempt.trace_id, attempt.span_id) if attempt.is_connection else None
        own_trace = trace_id_of(exchange.trace_id)
        action = parse_action(exchange.action)
        method = action.value if action is not None else _OTHER
        problem, words = _exchange_problem(exchange)
        attributes: Attributes = {
            Key.CONNECTION: f"{attempt.trace_id:032x}",
            Key.ATTEMPT: attempt.number,
            Key.PROTOCOL_NAME: "websocket",
            **self._server(attempt),
            Key.RPC_SYSTEM: "optave",
            Key.RPC_METHOD: method,
            Key.STATUS: exchange.status.name.lower().replace("_", " "),
            Key.CORRELATION_ID: self._text(exchange.correlation_id),
            Key.ENTRY: exchange.request_entry,
            Key.SIZE: request.size,
            Key.ANSWERS: len(exchange.answers),
            **self._content(request, payload),
        }
        told: Attributes = {
            Key.RPC_METHOD_ORIGINAL: self._text(exchange.action) if exchange.action != method else "",
            Key.RPC_STATUS: self._text(exchange.error_code),
            Key.ERROR_TYPE: self._text(problem),
            Key.TRACE_ID: self._text(exchange.trace_id),
            Key.THREAD_ID: self._text(exchange.thread_id),
            Key.SESSION_ID: self._text(exchange.session_id),
            Key.PARENT_ID: self._text(exchange.parent_id),
            Key.LATE: exchange.late,
            Key.DUPLICATES: len(exchange.duplicates),
            Key.GUESSED: bool(exchange.guessed),
            Key.EVENTS_LEFT_OUT: len(exchange.answers) + len(exchange.duplicates) + 1 - len(entries_of(exchange)),
        }
        attributes |= {key: value for key, value in told.items() if value}
        if exchange.update_ns:
            attributes[Key.FIRST_MS] = exchange.first_ns / 1e6
        if exchange.longest_stall_ns >= 0:
            attributes[Key.STALL_MS] = exchange.longest_stall_ns / 1e6
        return ReadableSpan(
            method if action is not None else "request",
            context=_context(own_trace or attempt.trace_id, made_span_id("exchange", request)),
            parent=None if own_trace else connection,
            resource=self._resource,
            attributes=attributes,
            events=self._answers(exchange, request, entries, payload),
            links=[Link(connection, {Key.LINK: "connection"})] if own_trace and connection else [],
            kind=SpanKind.CLIENT,
            status=Status(StatusCode.ERROR, words) if problem else Status(StatusCode.UNSET),
            start_time=_moment(request.wall_ns),
            end_time=_later(request, max(exchange.ended_ns, exchange.sent_ns)),
            instrumentation_scope=self._scope,
        )

    def _answers(
        self, exchange: Exchange, request: Entry, entries: Mapping[int, Entry], payload: Callable[[int], bytes]
    ) -> list[Event]:
        times = dict(zip(exchange.answers, exchange.update_ns, strict=True))
        events = []
        for name, numbers in (
            (EventName.ANSWER, _told(exchange.answers)),
            (EventName.DUPLICATE, _told(exchange.duplicates)),
        ):
            for number in numbers:
                entry = entries[number]
                at_ns = times.get(number, entry.monotonic_ns)
                attributes: Attributes = {Key.ENTRY: number, Key.SIZE: entry.size, Key.STATE: self._text(entry.state)}
                if name is EventName.ANSWER and at_ns > exchange.ended_ns >= 0:
                    attributes[Key.LATE] = True
                if entry.flags & _GUESSED:
                    attributes[Key.GUESSED] = True
                attributes |= self._content(entry, payload)
                events.append(Event(name, attributes, timestamp=_later(request, at_ns)))
        return events

    def _server(self, attempt: Attempt) -> Attributes:
        url = _split(attempt.about.url)
        if url is None:
            return {}
        scheme, host, port, _path = url
        found: Attributes = {Key.SERVER_ADDRESS: self._text(host)}
        if port or scheme in _DEFAULT_PORTS:
            found[Key.SERVER_PORT] = port or _DEFAULT_PORTS[scheme]
        return found

    def _wire(self, attempt: Attempt) -> Attributes:
        about = attempt.about
        found: Attributes = {}
        url = _split(about.url)
        if url is not None:
            scheme, host, port, path = url
            shown = f"[{host}]" if ":" in host else host
            full = f"{scheme}://{shown}{f':{port}' if port else ''}{path}"
            found |= {Key.URL_FULL: self._text(full), Key.URL_SCHEME: self._text(scheme)}
        peer, _, port_text = about.peer_address.rpartition(":")
        if peer and port_text.isascii() and port_text.isdigit() and len(port_text) < 6:
            found |= {Key.PEER_ADDRESS: self._text(peer.strip("[]")), Key.PEER_PORT: int(port_text)}
        elif about.peer_address:
            found[Key.PEER_ADDRESS] = self._text(about.peer_address)
        if about.tls.startswith("TLSv"):
            version = about.tls.removeprefix("TLSv").split()[0].rstrip(",;·")
            found |= {Key.TLS_PROTOCOL: "tls", Key.TLS_VERSION: self._text(version)}
        if attempt.handshake is not None and attempt.handshake.code:
            found[Key.HTTP_STATUS] = attempt.handshake.code
        if about.selected_subprotocol:
            found[Key.SUBPROTOCOL] = self._text(about.selected_subprotocol)
        phases = about.timings_ms
        times = {
            Key.TOKEN_MS: phases.token,
            Key.DNS_MS: phases.dns,
            Key.TCP_MS: phases.tcp,
            Key.TLS_MS: phases.tls,
            Key.UPGRADE_MS: phases.upgrade,
        }
        return found | {key: value for key, value in times.items() if value is not None}

    def _content(self, entry: Entry, payload: Callable[[int], bytes]) -> Attributes:
        if not self._with_contents:
            return {}
        clean = self._redactor.redact(entry, payload(entry.number)).payload.decode("utf-8", "replace")
        found: Attributes = {Key.CONTENT: clean[:LONGEST_CONTENT]}
        if len(clean) > LONGEST_CONTENT:
            found[Key.CONTENT_CUT] = True
        return found

    def _text(self, text: str) -> str:
        clean = self._redactor.clean(text).encode("utf-8", "replace").decode()
        return clean if len(clean) <= LONGEST_TEXT else f"{clean[: LONGEST_TEXT - 1]}…"


def _connection_problem(attempt: Attempt) -> str:
    if not attempt.opened and (attempt.handshake is not None or attempt.failed):
        code = attempt.handshake.code if attempt.handshake is not None else 0
        return str(code) if code not in (0, _SWITCHED) else "not_opened"
    if attempt.ending is None:
        return ""
    if attempt.ending.code not in _FINE_CODES and not (attempt.ending.code == 1005 and attempt.ended.clean):
        return f"close_{attempt.ending.code}"
    return "" if attempt.ended.clean else "not_clean"


def _exchange_problem(exchange: Exchange) -> tuple[str, str]:
    """The error type, empty for none, and what went wrong in words of our own."""
    words = _WORDS.get(exchange.status, "")
    if exchange.status is ExchangeStatus.ERROR:
        return exchange.error_code or _OTHER, words
    return (exchange.status.name.lower(), words) if words else ("", "")


def _ending(attempt: Attempt) -> Attributes:
    if attempt.ending is None:
        return {}
    ended = attempt.ended
    return {
        Key.CLOSE_CODE: attempt.ending.code,
        Key.CLOSE_NAME: explain(attempt.ending.code).name,
        Key.CLOSE_RECEIVED: ended.received is not None,
        Key.CLOSE_FIRST: ended.first_close_frame[:LONGEST_TEXT],
        Key.CLOSE_CLEAN: ended.clean,
    }


def _connection_event(name: EventName, entry: Entry, first: Entry) -> Event:
    attributes: Attributes = {Key.ENTRY: entry.number}
    if name is EventName.CLOSE:
        attributes |= {Key.CLOSE_CODE: entry.code, Key.CLOSE_RECEIVED: not entry.direction}
    elif name is EventName.ORPHAN:
        attributes[Key.SIZE] = entry.size
    return Event(name, attributes, timestamp=_later(first, entry.monotonic_ns))


def _told(numbers: list[int]) -> list[int]:
    """The first entries and the last one, where there are too many."""
    return numbers if len(numbers) <= MOST_EVENTS else [*numbers[: MOST_EVENTS - 1], numbers[-1]]


def _context(trace_id: int, span_id: int) -> SpanContext:
    return SpanContext(trace_id, span_id, is_remote=False, trace_flags=TraceFlags(TraceFlags.SAMPLED))


def _later(start: Entry, monotonic_ns: int) -> int:
    """The wall-clock time of a moment after ``start``, by the clock that nobody sets."""
    return _moment(_moment(start.wall_ns) + max(0, monotonic_ns - start.monotonic_ns))


def _moment(wall_ns: int) -> int:
    return min(max(wall_ns, 0), _LARGEST)


def _split(url: str) -> tuple[str, str, int, str] | None:
    """Scheme, host, port (0 for none) and path; None for what is no URL."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or 0
    except ValueError:
        return None
    return (parts.scheme, host, port, parts.path) if host else None


def _within(number: int) -> int:
    """A number that an attribute can hold, whatever a damaged capture adds up to."""
    return min(max(number, -_LARGEST - 1), _LARGEST)
