"""No capture, whoever wrote it, keeps its spans from being made and written as protobuf."""

from __future__ import annotations

import json

from hypothesis import example, given, settings
from hypothesis import strategies as st
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans

from optave_inspector.capture.entry import Entry, EntryKind
from optave_inspector.capture.redaction import Redactor
from optave_inspector.otlp.attempts import Attempt
from optave_inspector.otlp.spans import SpanMaker
from optave_inspector.tracing.exchange import Exchange, ExchangeStatus

NUMBERS = st.integers(-(2**63), 2**63 - 1)
TEXTS = st.text(st.characters(), max_size=300)
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=5,
)
NAMES = ("url", "selectedSubprotocol", "peerAddress", "tls", "timingsMs", "received", "firstCloseFrame", "clean")
PAYLOADS = st.binary(max_size=50) | st.dictionaries(st.sampled_from(NAMES), JSON | st.just("ws://[::1]:99999/x")).map(
    lambda members: json.dumps(members).encode("utf-8", "surrogatepass")
)
ENTRIES = st.builds(
    Entry,
    number=st.integers(1, 2**62),
    attempt=st.integers(1, 2**62),
    direction=st.integers(0, 2),
    kind=st.sampled_from([int(kind) for kind in EntryKind]),
    monotonic_ns=NUMBERS,
    wall_ns=NUMBERS,
    size=NUMBERS,
    wire_size=NUMBERS,
    flags=st.integers(0, 2**16),
    code=NUMBERS,
    state=TEXTS,
)


@given(st.lists(st.tuples(ENTRIES, PAYLOADS), min_size=1, max_size=8))
@example([(Entry(number, 1, 0, 1, 0, 0, 2**63 - 1, 0), b"") for number in (1, 2)])
@settings(max_examples=150, deadline=None)
def test_of_any_entries_a_connection_can_be_made(entries: list[tuple[Entry, bytes]]) -> None:
    attempt = Attempt(entries[0][0], entries[0][0])
    for entry, payload in entries:
        attempt.add(entry, payload)
    span = SpanMaker(Redactor()).connection(attempt)
    written = encode_spans([span]).resource_spans[0].scope_spans[0].spans[0]
    # What cannot be written would be left out without a word.
    assert len(written.attributes) == len(span.attributes or {})
    assert 0 <= written.start_time_unix_nano <= written.end_time_unix_nano
    assert any(written.trace_id)
    assert any(written.span_id)


@given(
    st.lists(ENTRIES, min_size=1, max_size=5, unique_by=lambda entry: entry.number),
    st.sampled_from([status for status in ExchangeStatus if status.ended]),
    st.tuples(TEXTS, TEXTS, TEXTS, TEXTS, TEXTS),
    NUMBERS,
    st.booleans(),
)
@settings(max_examples=150, deadline=None)
def test_of_any_exchange_a_span_can_be_made(
    entries: list[Entry], status: ExchangeStatus, texts: tuple[str, ...], ended_ns: int, with_contents: bool
) -> None:
    request, *answers = entries
    action, correlation_id, trace_id, thread_id, error_code = texts
    exchange = Exchange(
        1,
        request.attempt,
        action,
        correlation_id,
        request.number,
        request.monotonic_ns,
        trace_id,
        thread_id,
        status=status,
        answers=[entry.number for entry in answers],
        update_ns=[entry.monotonic_ns for entry in answers],
        ended_ns=ended_ns,
        error_code=error_code,
    )
    maker = SpanMaker(Redactor(), with_contents=with_contents)
    by_number = {entry.number: entry for entry in entries}
    span = maker.exchange(
        exchange, Attempt(request, request), by_number, lambda _number: action.encode("utf-8", "replace")
    )
    written = encode_spans([span]).resource_spans[0].scope_spans[0].spans[0]
    assert len(written.attributes) == len(span.attributes or {})
    assert [len(event.attributes) for event in written.events] == [len(event.attributes) for event in span.events]
    assert 0 <= written.start_time_unix_nano <= written.end_time_unix_nano
