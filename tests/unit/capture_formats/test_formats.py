"""Captures written to other formats and read back, and files that come from elsewhere."""

from __future__ import annotations

import base64
import contextlib
import csv
import io
import json
import os
import stat
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from optave_inspector.capture.entry import Entry, EntryFlag, EntryKind
from optave_inspector.capture.exporting import ExportFormat, export_entries
from optave_inspector.capture.formats.csv_rows import COLUMNS, harmless
from optave_inspector.capture.formats.errors import FormatError
from optave_inspector.capture.importing import ImportFormat, format_of, import_entries
from optave_inspector.capture.new_file import WriteError
from optave_inspector.capture.progress import Stopped
from optave_inspector.capture.schema import StoreError
from optave_inspector.capture.store import CaptureStore

Stored = tuple[Entry, bytes]
Fill = Callable[[CaptureStore, Sequence[Stored]], None]
MakeEntry = Callable[..., Entry]
BOTH_WAYS = [ExportFormat.HAR, ExportFormat.JSON_LINES]

HANDSHAKE = json.dumps(
    {
        "url": "wss://ws-acme.example/?OptaveTraceChatSessionId=a%20b",
        "request": {"Host": "ws-acme.example", "Sec-WebSocket-Protocol": "optave-v1, •••• (99 characters)"},
        "status": 101,
        "reasonPhrase": "Switching Protocols",
        "response": {"Upgrade": "websocket", "Sec-WebSocket-Protocol": "optave-v1"},
        "body": "",
        "selectedSubprotocol": "optave-v1",
        "extensions": [],
        "peerAddress": "192.0.2.1:443",
        "tls": "TLSv1.3",
        "timingsMs": {"token": 1.5, "dns": 2, "tcp": 3.25, "tls": None, "upgrade": 4},
        "warnings": [],
    },
    ensure_ascii=False,
).encode()


@pytest.fixture
def store(tmp_path: Path) -> Any:
    """An empty open capture."""
    store = CaptureStore.create(tmp_path / "from.optave-capture")
    yield store
    store.close()


@pytest.fixture
def session(store: CaptureStore, entry_of: MakeEntry, fill: Fill) -> CaptureStore:
    """Two attempts with an entry of every kind."""
    kinds: list[tuple[EntryKind, int, bytes]] = [
        (EntryKind.STATE, 2, b"Connecting."),
        (EntryKind.HANDSHAKE, 2, HANDSHAKE),
        (EntryKind.TEXT, 1, '{"action":"adjust","x":"ü 😀"}'.encode()),
        (EntryKind.PING, 0, b"\x00\xff"),
        (EntryKind.PONG, 1, b"\x00\xff"),
        (EntryKind.TEXT, 0, b'{"broken"'),
        (EntryKind.TEXT, 0, b"\xff not UTF-8"),
        (EntryKind.BINARY, 0, bytes(range(256))),
        (EntryKind.BINARY, 1, b""),
        (EntryKind.CONTINUATION, 0, b"half a mess"),
        (EntryKind.RAW, 0, b"HTTP/1.1 400"),
        (EntryKind.CLOSE, 0, b"\x03\xf3going"),
        (EntryKind.ENDING, 2, b'{"code":1011}'),
    ]
    batch = [
        (entry_of(number, payload, kind=int(kind), direction=direction, code=number, flags=number % 8), payload)
        for number, (kind, direction, payload) in enumerate(kinds, 1)
    ]
    batch.append((entry_of(14, b"again", kind=18, direction=2, attempt=2), b"again"))
    fill(store, batch)
    store.set_bookmark(3, "look\nhere")
    store.set_bookmark(4)
    return store


def everything(store: CaptureStore) -> list[Stored]:
    numbers = range(1, store.count + 1)
    return list(zip(store.entries(numbers), store.payloads(numbers), strict=True))


def export(store: CaptureStore, path: Path, kind: ExportFormat, **options: Any) -> Path:
    export_entries(store, path, kind, **options)
    return path


# Both ways


@pytest.mark.parametrize("kind", BOTH_WAYS)
@pytest.mark.parametrize("rules", [None, "default"])
def test_a_capture_comes_back_as_it_was(session: CaptureStore, tmp_path: Path, kind: ExportFormat, rules: Any) -> None:
    options = {"rules": None} if rules is None else {}
    path = export(session, tmp_path / f"a.{kind}", kind, **options)
    again = import_entries(path, tmp_path / "again.optave-capture")
    assert everything(again) == everything(session)
    assert again.bookmarks == session.bookmarks
    assert again.info.origin.endswith(f"a.{kind}")
    again.close()
    reopened = CaptureStore.open(tmp_path / "again.optave-capture", read_only=True)
    assert reopened.info.closed
    assert everything(reopened) == everything(session)
    reopened.close()


ENTRIES = st.lists(
    st.builds(
        Entry,
        number=st.just(0),
        attempt=st.integers(1, 3),
        direction=st.sampled_from([0, 1, 2]),
        kind=st.sampled_from([int(kind) for kind in EntryKind]),
        monotonic_ns=st.integers(-(2**63), 2**63 - 1),
        wall_ns=st.integers(-(2**62), 2**63 - 1),
        size=st.integers(0, 2**53),
        wire_size=st.integers(-(2**63), 2**63 - 1),
        frames=st.integers(0, 9),
        flags=st.integers(0, sum(EntryFlag)),
        code=st.integers(0, 5_000),
        exchange=st.integers(0, 9),
        latency_ns=st.integers(-1, 2**60),
        action=st.text(max_size=5),
        state=st.text(max_size=5),
        correlation_id=st.text(max_size=5),
        summary=st.text(max_size=5).map(lambda text: " ".join(text.split())),
    ),
    max_size=8,
)
PAYLOADS = st.one_of(st.binary(max_size=30), st.text(max_size=30).map(str.encode))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(entries=ENTRIES, payload=PAYLOADS, note=st.none() | st.text(max_size=5), kind=st.sampled_from(BOTH_WAYS))
def test_any_capture_comes_back_as_it_was(
    tmp_path_factory: pytest.TempPathFactory,
    fill: Fill,
    entries: list[Entry],
    payload: bytes,
    note: str | None,
    kind: ExportFormat,
) -> None:
    store = CaptureStore.create(None)
    for number, entry in enumerate(entries, 1):
        entry.number = number
    if entries:
        fill(store, [(entry, payload + b"%d" % entry.number) for entry in entries])
        if note is not None:
            store.set_bookmark(1, note)
    path = export(store, tmp_path_factory.mktemp("formats") / "a", kind, rules=None)
    if kind is ExportFormat.HAR and not entries:
        with pytest.raises(FormatError, match="no WebSocket connections"):
            import_entries(path, None)
    else:
        again = import_entries(path, None)
        before = everything(store)
        if kind is ExportFormat.HAR:
            json.loads(path.read_bytes())
        assert everything(again) == before
        assert again.bookmarks == store.bookmarks
        again.close()
    store.close()


@pytest.mark.parametrize("kind", list(ExportFormat))
def test_a_selection_is_written_in_the_captures_order_each_once(
    session: CaptureStore, tmp_path: Path, kind: ExportFormat
) -> None:
    path = export(session, tmp_path / "a", kind, numbers=[8, 3, 3, 14])
    if kind is ExportFormat.CSV:
        rows = list(csv.DictReader(io.StringIO(path.read_text())))
        assert [row["number"] for row in rows] == ["3", "8", "14"]
        return
    again = import_entries(path, None)
    assert again.payloads([1, 2, 3]) == session.payloads([3, 8, 14])
    assert [entry.attempt for entry in again.page(1, 9)] == [1, 1, 2]
    again.close()


@pytest.mark.parametrize("numbers", [[0], [15], [-1, 3]])
def test_a_number_that_is_not_there_is_refused_before_anything_is_written(
    session: CaptureStore, tmp_path: Path, numbers: list[int]
) -> None:
    with pytest.raises(KeyError):
        export_entries(session, tmp_path / "a.csv", ExportFormat.CSV, numbers=numbers)
    assert not (tmp_path / "a.csv").exists()


@pytest.mark.parametrize("kind", list(ExportFormat))
def test_nothing_at_all_can_be_written(session: CaptureStore, tmp_path: Path, kind: ExportFormat) -> None:
    assert export_entries(session, tmp_path / "a", kind, numbers=[]).entries == 0
    assert (tmp_path / "a").read_bytes()


# HAR for others


def test_other_programs_find_connections_messages_and_handshakes_where_chrome_puts_them(
    session: CaptureStore, tmp_path: Path
) -> None:
    har = json.loads(export(session, tmp_path / "a.har", ExportFormat.HAR).read_bytes())
    assert har["log"]["version"] == "1.2"
    assert har["log"]["creator"]["name"] == "Optave Inspector"
    first, second = har["log"]["entries"]
    assert first["_resourceType"] == second["_resourceType"] == "websocket"
    assert first["request"]["url"] == "wss://ws-acme.example/?OptaveTraceChatSessionId=a%20b"
    assert first["request"]["queryString"] == [{"name": "OptaveTraceChatSessionId", "value": "a b"}]
    assert {"name": "Host", "value": "ws-acme.example"} in first["request"]["headers"]
    assert first["response"]["status"] == 101
    assert first["timings"] == {"blocked": -1, "dns": 2, "connect": 3.25, "send": 0, "wait": 4, "receive": 0, "ssl": -1}
    assert first["time"] == 9.25
    assert first["startedDateTime"] == "2026-01-02T03:04:05.678Z"
    messages = [{name: each[name] for name in ("type", "opcode", "data")} for each in first["_webSocketMessages"]]
    assert messages == [
        {"type": "send", "opcode": 1, "data": '{"action":"adjust","x":"ü 😀"}'},
        {"type": "receive", "opcode": 1, "data": '{"broken"'},
        {"type": "receive", "opcode": 1, "data": "\ufffd not UTF-8"},
        {"type": "receive", "opcode": 2, "data": base64.b64encode(bytes(range(256))).decode()},
        {"type": "send", "opcode": 2, "data": ""},
    ]
    assert all(abs(each["time"] - 1_767_323_045.6789) < 0.001 for each in first["_webSocketMessages"])
    assert [each["kind"] for each in first["_optaveEntries"]] == [
        *("state", "handshake", "ping", "pong", "continuation", "raw", "close", "ending")
    ]
    assert second["_webSocketMessages"] == []


REQUIRED = {
    "request": {"method", "url", "httpVersion", "cookies", "headers", "queryString", "headersSize", "bodySize"},
    "response": {
        *("status", "statusText", "httpVersion", "cookies", "headers", "content"),
        *("redirectURL", "headersSize", "bodySize"),
    },
    "timings": {"send", "wait", "receive"},
    "cache": set(),
}


def test_each_connection_has_all_that_har_requires(session: CaptureStore, tmp_path: Path) -> None:
    har = json.loads(export(session, tmp_path / "a.har", ExportFormat.HAR, numbers=[14]).read_bytes())
    assert {"version", "creator", "entries"} <= har["log"].keys()
    for entry in har["log"]["entries"]:
        assert {"startedDateTime", "time", *REQUIRED} <= entry.keys()
        for part, names in REQUIRED.items():
            assert names <= entry[part].keys()


def test_a_selection_without_its_handshake_still_has_the_url(session: CaptureStore, tmp_path: Path) -> None:
    har = json.loads(export(session, tmp_path / "a.har", ExportFormat.HAR, numbers=[7]).read_bytes())
    (entry,) = har["log"]["entries"]
    assert entry["request"]["url"].startswith("wss://ws-acme.example/")
    assert entry["_optaveEntries"] == []


def test_a_refused_upgrade_shows_as_an_ordinary_answer(
    store: CaptureStore, entry_of: MakeEntry, fill: Fill, tmp_path: Path
) -> None:
    refused = {**json.loads(HANDSHAKE), "status": 401, "reasonPhrase": "Unauthorized", "body": "token expired"}
    payload = json.dumps(refused).encode()
    fill(store, [(entry_of(1, payload, kind=16, direction=2), payload)])
    har = json.loads(export(store, tmp_path / "a.har", ExportFormat.HAR).read_bytes())
    response = har["log"]["entries"][0]["response"]
    assert (response["status"], response["content"]["text"]) == (401, "token expired")


@pytest.mark.parametrize("payload", [b"", b"[]", b"\xff", b'{"url":5,"request":[],"timingsMs":3,"status":"x"}'])
def test_a_strange_handshake_does_not_keep_a_capture_from_being_written(
    store: CaptureStore, entry_of: MakeEntry, fill: Fill, tmp_path: Path, payload: bytes
) -> None:
    fill(store, [(entry_of(1, payload, kind=16, direction=2), payload)])
    har = json.loads(export(store, tmp_path / "a.har", ExportFormat.HAR).read_bytes())
    assert har["log"]["entries"][0]["request"]["url"] == "wss://unknown.invalid/"


def test_many_control_frames_do_not_stay_in_memory(
    store: CaptureStore, entry_of: MakeEntry, fill: Fill, tmp_path: Path
) -> None:
    fill(store, [(entry_of(number, b"p" * 100, kind=9), b"p" * 100) for number in range(1, 20_001)])
    path = export(store, tmp_path / "a.har", ExportFormat.HAR)
    again = import_entries(path, None)
    assert again.count == 20_000
    again.close()


# HAR from others

TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.c2lnbmF0dXJl"
CHROME = {
    "log": {
        "version": "1.2",
        "creator": {"name": "WebInspector", "version": "537.36"},
        "pages": [{"id": "page_1", "title": "https://app.example/", "pageTimings": {"onLoad": 1.5}}],
        "entries": [
            {
                "_resourceType": "fetch",
                "request": {"method": "GET", "url": "https://app.example/", "headers": []},
                "response": {"status": 200, "content": {"text": "[{" * 50}},
            },
            {
                "_initiator": {"type": "script"},
                "_resourceType": "websocket",
                "_webSocketMessages": [
                    {"type": "send", "time": 1767323045.5, "opcode": 1, "data": '{"action":"adjust","headers":{}}'},
                    {"type": "receive", "time": 1767323046.25, "opcode": 1, "data": "plain ü"},
                    {"type": "receive", "time": 1767323047.0, "opcode": 2, "data": "AAH/"},
                    {"type": "error", "time": 1767323048.0, "opcode": -1, "data": "net::ERR_CONNECTION_RESET"},
                ],
                "cache": {},
                "request": {
                    "method": "GET",
                    "url": "wss://ws-acme.example/",
                    "headers": [
                        {"name": "Sec-WebSocket-Protocol", "value": f"optave-v1, {TOKEN}"},
                        {"name": "Cookie", "value": "session=canary"},
                        {"name": "X-A", "value": "1"},
                        {"name": "X-A", "value": "2"},
                    ],
                },
                "response": {
                    "status": 101,
                    "statusText": "Switching Protocols",
                    "headers": [{"name": "sec-websocket-protocol", "value": "optave-v1"}],
                    "content": {"size": 0, "mimeType": "x-unknown"},
                },
                "serverIPAddress": "192.0.2.7",
                "startedDateTime": "2026-01-02T03:04:05.000Z",
                "time": 3000.5,
                "timings": {"blocked": -1, "dns": 1.5, "connect": 20, "ssl": 10, "send": 0, "wait": 5, "receive": 0},
            },
            {
                "_resourceType": "websocket",
                "request": {"url": f"wss://ws-acme.example/?Authorization={TOKEN}", "headers": []},
                "response": {"status": 403, "statusText": "", "content": {"text": "no"}},
                "startedDateTime": "soon",
            },
        ],
    }
}


@pytest.fixture
def chrome(tmp_path: Path) -> Path:
    """A HAR as Chrome writes it."""
    path = tmp_path / "chrome.har"
    path.write_text(json.dumps(CHROME, indent=2), encoding="utf-8")
    return path


def test_chromes_own_har_gives_what_is_there(chrome: Path) -> None:
    store = import_entries(chrome, None)
    entries = store.page(1, 99)
    assert [(entry.attempt, EntryKind(entry.kind).name, entry.direction) for entry in entries] == [
        (1, "HANDSHAKE", 2),
        (1, "TEXT", 1),
        (1, "TEXT", 0),
        (1, "BINARY", 0),
        (1, "STATE", 2),
        (2, "HANDSHAKE", 2),
    ]
    assert [store.payload(number) for number in (2, 3, 4, 5)] == [
        b'{"action":"adjust","headers":{}}',
        "plain ü".encode(),
        b"\x00\x01\xff",
        b"net::ERR_CONNECTION_RESET",
    ]
    assert entries[1].wall_ns == 1_767_323_045_500_000_000
    assert entries[2].monotonic_ns - entries[1].monotonic_ns == 750_000_000
    assert entries[0].code == 101
    assert entries[0].summary == "101 Switching Protocols · optave-v1"
    assert entries[5].summary == "403 Forbidden: no"
    assert entries[5].wall_ns == 0
    assert entries[4].flags & EntryFlag.PROBLEM
    assert entries[2].flags & EntryFlag.PROBLEM, "plain text is no JSON"
    handshake = json.loads(store.payload(1))
    assert handshake["peerAddress"] == "192.0.2.7"
    assert handshake["request"]["X-A"] == "1, 2"
    assert handshake["timingsMs"] == {"token": None, "dns": 1.5, "tcp": 20, "tls": 10, "upgrade": 5}
    store.close()


def test_the_tokens_of_a_foreign_handshake_do_not_get_into_the_capture(chrome: Path) -> None:
    store = import_entries(chrome, None)
    handshakes = store.payload(1) + store.payload(6)
    assert b"canary" not in handshakes
    assert TOKEN.encode() not in handshakes
    assert "optave-v1, ‹token-1›" in handshakes.decode()
    assert "Authorization=‹token-1›" in handshakes.decode(), "the same token twice is worth knowing"
    store.close()


def test_what_is_imported_can_be_annotated_before_it_is_stored(chrome: Path) -> None:
    seen: list[tuple[int, bytes]] = []

    def annotate(entry: Entry, payload: bytes) -> None:
        seen.append((entry.number, payload))
        entry.exchange = 7

    store = import_entries(chrome, None, annotate=annotate)
    assert [number for number, _ in seen] == [1, 2, 3, 4, 5, 6]
    assert {entry.exchange for entry in store.page(1, 9)} == {7}
    store.close()


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda har: har["log"]["entries"][1]["_webSocketMessages"][0].update(time="x"), "Expected `float`"),
        (lambda har: har["log"]["entries"][1]["_webSocketMessages"][0].update(time=1e300), "out of range"),
        (lambda har: har["log"]["entries"][1]["_webSocketMessages"][2].update(data="%%"), "base64"),
        (lambda har: har["log"]["entries"][1]["_webSocketMessages"].append(5), "Expected `object`"),
        (lambda har: har["log"]["entries"][1].update(_webSocketMessages={}), "should be"),
        (lambda har: har["log"]["entries"].append([]), "should be"),
        (lambda har: har["log"].update(entries=[]), "no WebSocket connections"),
        (lambda har: har["log"].update(_optave={"version": 2}), "newer Optave Inspector"),
        (lambda har: har["log"].update(_optave=[]), "Expected `object`"),
        (
            lambda har: har["log"]["entries"][1].update(_optaveEntries=[{"kind": "?", "direction": "in", "wallNs": 1}]),
            "kind",
        ),
        (lambda har: har["log"]["entries"][1].update(_optaveEntries=[{"kind": "text", "wallNs": 1}]), "direction"),
        (lambda har: har.pop("log"), "no WebSocket connections"),
    ],
)
def test_a_har_that_makes_no_sense_is_said_with_its_place(
    tmp_path: Path, change: Callable[[Any], object], complaint: str
) -> None:
    har = json.loads(json.dumps(CHROME))
    change(har)
    path = tmp_path / "a.har"
    path.write_text(json.dumps(har, indent=1))
    with pytest.raises(FormatError, match=complaint) as caught:
        import_entries(path, tmp_path / "to.optave-capture")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a.har"]
    if caught.value.position is not None:
        assert caught.value.line is not None
        assert f"line {caught.value.line}, byte {caught.value.position}" in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "{}",
        '{"log":',
        '{"log":{}}',
        '{"log":{"entries":[{}]}',
        '{"log":{"entries":[{]}}',
        '{"a":1}x',
        "{]",
        '{"log":[]}',
    ],
)
def test_a_har_that_was_cut_off_or_is_none_is_said(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.har"
    path.write_text(text)
    with pytest.raises(FormatError):
        import_entries(path, None)


# JSON Lines from others


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("{", "truncated"),
        ("[]", "Expected `object`"),
        ('{"kind":"text","direction":"in"}', "wallNs"),
        ('{"kind":"text","direction":"in","wallNs":1.5}', "Expected `int`"),
        ('{"kind":"text","direction":"in","wallNs":9223372036854775808}', "Expected `int`"),
        ('{"kind":"poem","direction":"in","wallNs":1}', "'poem' is no kind"),
        ('{"kind":"text","direction":"up","wallNs":1}', "'up' is no direction"),
        ('{"kind":"text","direction":"in","wallNs":1,"flags":["odd"]}', "'odd' is no flag"),
        ('{"kind":"text","direction":"in","wallNs":1,"base64":"?"}', "base64"),
        ('{"kind":"text","direction":"in","wallNs":1,"size":-1}', "size"),
        ('{"kind":"text","direction":"in","wallNs":1,"text":"\\ud800"}', "no entry"),
        ('{"a":' * 5_000, "no entry"),
    ],
)
def test_a_line_that_makes_no_sense_is_said_with_its_number(tmp_path: Path, line: str, complaint: str) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"kind":"text","direction":"in","wallNs":1}\n\n' + line + "\n")
    with pytest.raises(FormatError, match=complaint) as caught:
        import_entries(path, tmp_path / "to.optave-capture")
    assert caught.value.line == 3
    assert caught.value.position == 45
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a.jsonl"]


def test_lines_without_a_head_and_with_little_in_them_are_taken(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(
        b'\xef\xbb\xbf{"kind":"text","direction":"in","wallNs":5,"text":"x","new":1}\r\n  \n'
        b'{"kind":"ping","direction":"out","wallNs":6}'
    )
    store = import_entries(path, None)
    assert store.count == 2
    first, second = store.page(1, 2)
    assert (first.kind, first.monotonic_ns, first.size, store.payload(1)) == (1, 5, 1, b"x")
    assert (second.direction, second.kind, store.payload(2)) == (1, 9, b"")
    store.close()


def test_a_newer_version_of_json_lines_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"optaveCapture":{"version":2}}\n')
    with pytest.raises(FormatError, match="newer Optave Inspector"):
        import_entries(path, None)


# Any input


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Small sound files to spoil."""
    folder = tmp_path_factory.mktemp("samples")
    lines = [
        {"kind": "handshake", "direction": "none", "wallNs": 1, "text": HANDSHAKE.decode()},
        {"kind": "text", "direction": "in", "wallNs": 2, "text": "x", "note": "n", "number": 2},
        {"kind": "ping", "direction": "out", "wallNs": 3, "base64": "AA==", "attempt": 2},
    ]
    jsonl = folder / "a.jsonl"
    jsonl.write_text("\n".join(map(json.dumps, lines)))
    store = import_entries(jsonl, None)
    har = export(store, folder / "a.har", ExportFormat.HAR).read_bytes()
    store.close()
    return {"har": har, "jsonl": jsonl.read_bytes(), "chrome": json.dumps(CHROME).encode()}


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.sampled_from(["har", "jsonl", "chrome"]),
    cuts=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 20), st.binary(max_size=6)), min_size=1, max_size=4),
)
def test_no_spoilt_file_raises_anything_but_its_own_error(
    samples: dict[str, bytes],
    tmp_path_factory: pytest.TempPathFactory,
    name: str,
    cuts: list[tuple[float, int, bytes]],
) -> None:
    data = samples[name]
    for place, length, instead in cuts:
        at = int(place * len(data))
        data = data[:at] + instead + data[at + length :]
    folder = tmp_path_factory.mktemp("spoilt")
    path = folder / ("a.jsonl" if name == "jsonl" else "a.har")
    path.write_bytes(data)
    with contextlib.suppress(FormatError):
        import_entries(path, folder / "to.optave-capture").close()
        return
    assert [each.name for each in folder.iterdir()] == [path.name]


@settings(max_examples=100, deadline=None)
@given(data=st.binary(max_size=200) | st.text(alphabet='{}[]":,logentries_1 \n', max_size=80).map(str.encode))
def test_no_bytes_at_all_raise_anything_but_their_own_error(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    path = tmp_path_factory.mktemp("bytes") / "a.har"
    path.write_bytes(data)
    for name in ("a.har", "a.jsonl"):
        renamed = path.rename(path.with_name(name))
        with contextlib.suppress(FormatError):
            import_entries(renamed, None).close()
        path = renamed


# CSV


def test_csv_is_what_rfc_4180_says(store: CaptureStore, entry_of: MakeEntry, fill: Fill, tmp_path: Path) -> None:
    payload = 'a "quote", a comma,\r\na line and ü'.encode()
    fill(store, [(entry_of(1, payload, latency_ns=1_500_000, flags=2 | 8), payload), (entry_of(2, b"\xff"), b"\xff")])
    raw = export(store, tmp_path / "a.csv", ExportFormat.CSV).read_bytes()
    head, rest = raw.split(b"\r\n", 1)
    assert head.decode().split(",") == list(COLUMNS)
    assert b'"a ""quote"", a comma,\r\na line and \xc3\xbc"\r\n' in rest
    rows = list(csv.DictReader(io.StringIO(raw.decode(), newline="")))
    assert rows[0]["payload"] == payload.decode()
    assert (rows[0]["latency_ms"], rows[0]["flags"], rows[0]["kind"], rows[0]["direction"]) == (
        "1.500",
        "problem late",
        "text",
        "in",
    )
    assert (rows[1]["encoding"], rows[1]["payload"], rows[1]["latency_ms"]) == ("base64", "/w==", "")


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        " =1",
        '"=1',
        "a;=1",
        "a\n=1",
        "a\r\n-1",
        'a;"=1"',
        "＝1",
        "\n\n =cmd|' /C calc'!A0",
    ],
)
def test_what_a_spreadsheet_would_compute_gets_an_apostrophe(text: str) -> None:
    for part in harmless(text).replace("\r", "\n").replace("\t", "\n").replace(";", "\n").split("\n"):
        assert part.strip(' "')[:1] not in {"=", "+", "-", "@", "＝"}


@pytest.mark.parametrize("text", ["", "1-1", "a=b", "a,=1", "x@y.z", "'=1", "{}"])
def test_harmless_text_stays(text: str) -> None:
    assert harmless(text) == text


def test_every_text_column_is_guarded(store: CaptureStore, entry_of: MakeEntry, fill: Fill, tmp_path: Path) -> None:
    names = ("action", "state", "correlation_id", "trace_id", "thread_id", "summary")
    fill(store, [(entry_of(1, b"=1", **dict.fromkeys(names, "=1")), b"=1")])
    store.set_bookmark(1, "=1")
    raw = export(store, tmp_path / "a.csv", ExportFormat.CSV).read_text()
    (row,) = csv.DictReader(io.StringIO(raw))
    assert {row[name] for name in (*names, "payload", "note")} == {"'=1"}


# Files


@pytest.mark.parametrize("kind", list(ExportFormat))
def test_a_stopped_export_leaves_nothing(session: CaptureStore, tmp_path: Path, kind: ExportFormat) -> None:
    target = tmp_path / "a"
    target.write_text("old")
    with pytest.raises(Stopped):
        export_entries(session, target, kind, stop=lambda: True)
    assert target.read_text() == "old"
    assert sorted(each.name for each in tmp_path.iterdir() if "optave" not in each.name) == ["a"]


@pytest.mark.parametrize("kind", BOTH_WAYS)
def test_a_stopped_import_leaves_nothing(
    store: CaptureStore, entry_of: MakeEntry, fill: Fill, tmp_path: Path, kind: ExportFormat
) -> None:
    fill(store, [(entry_of(number, b"x"), b"x") for number in range(1, 1_001)])
    path = export(store, tmp_path / f"a.{kind}", kind)
    asked: list[int] = []

    def stop() -> bool:
        asked.append(1)
        return len(asked) > 2

    with pytest.raises(Stopped):
        import_entries(path, tmp_path / "to.optave-capture", stop=stop)
    assert not list(tmp_path.glob("to.optave-capture*"))


@pytest.mark.skipif(os.name != "posix", reason="about POSIX modes")
def test_an_export_is_for_its_owner_alone(session: CaptureStore, tmp_path: Path) -> None:
    path = export(session, tmp_path / "a.har", ExportFormat.HAR)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_capture_is_not_overwritten_by_its_own_export(session: CaptureStore, tmp_path: Path) -> None:
    with pytest.raises(WriteError, match="is the capture itself"):
        export_entries(session, session.path, ExportFormat.CSV)
    with pytest.raises(WriteError, match="is the capture itself"):
        export_entries(session, Path(f"{session.path}-wal"), ExportFormat.CSV)


def test_a_device_is_not_replaced_by_a_file(session: CaptureStore) -> None:
    with pytest.raises(WriteError, match="no regular file"):
        export_entries(session, Path(os.devnull), ExportFormat.CSV)


def test_an_export_can_go_into_a_stream(session: CaptureStore) -> None:
    for kind in ExportFormat:
        out = io.BytesIO()
        assert export_entries(session, out, kind).entries == 14
        assert not out.closed
        assert out.getvalue().count(b"\n") >= 14


def test_progress_is_told_from_nothing_to_all(session: CaptureStore, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    path = export(session, tmp_path / "a.har", ExportFormat.HAR, progress=lambda *done: told.append(done))
    assert (told[0], told[-1]) == ((0, 14), (14, 14))
    told.clear()
    import_entries(path, None, progress=lambda *done: told.append(done)).close()
    size = path.stat().st_size
    assert told[-1] == (2 * size, 2 * size)
    assert told == sorted(told)


def test_what_was_removed_is_counted_by_kind(
    store: CaptureStore, entry_of: MakeEntry, fill: Fill, tmp_path: Path
) -> None:
    payload = f'{{"token":"{TOKEN}","a":"Bearer {TOKEN}","password":"x"}}'.encode()
    fill(store, [(entry_of(1, payload), payload), (entry_of(2, payload), payload)])
    done = export_entries(store, tmp_path / "a.jsonl", ExportFormat.JSON_LINES)
    assert done.removed == {"token": 4, "password": 2}
    assert TOKEN not in (tmp_path / "a.jsonl").read_text()
    assert export_entries(store, tmp_path / "b.jsonl", ExportFormat.JSON_LINES, rules=None).removed == {}
    assert TOKEN in (tmp_path / "b.jsonl").read_text()


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.har", b'{"log":{}}', ImportFormat.HAR),
        ("a.txt", b'\xef\xbb\xbf {"optaveCapture":{"version":1}}\n', ImportFormat.JSON_LINES),
        ("a.ndjson", b'{"kind":"text"}', ImportFormat.JSON_LINES),
        ("a.json", b'{"log":{}}', ImportFormat.HAR),
    ],
)
def test_the_format_of_a_file_is_seen(tmp_path: Path, name: str, content: bytes, kind: ImportFormat) -> None:
    (tmp_path / name).write_bytes(content)
    assert format_of(tmp_path / name) is kind


@pytest.mark.parametrize(
    ("content", "complaint"), [(b"", "neither"), (b"number,time\r\n", "neither"), (b"SQLite format 3\0", "open it")]
)
def test_what_cannot_be_imported_is_said(tmp_path: Path, content: bytes, complaint: str) -> None:
    (tmp_path / "a").write_bytes(content)
    with pytest.raises(FormatError, match=complaint):
        format_of(tmp_path / "a")
    with pytest.raises(FormatError, match="no such file"):
        format_of(tmp_path / "missing")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.har", ExportFormat.HAR),
        ("a.JSONL", ExportFormat.JSON_LINES),
        ("a.ndjson", ExportFormat.JSON_LINES),
        ("a", None),
    ],
)
def test_the_format_to_write_is_told_by_the_name(name: str, kind: ExportFormat | None) -> None:
    assert ExportFormat.of_name(Path(name)) is kind


def test_an_existing_capture_is_not_imported_into(chrome: Path, tmp_path: Path) -> None:
    target = tmp_path / "there.optave-capture"
    target.write_text("mine")
    with pytest.raises(StoreError, match="exists already"):
        import_entries(chrome, target)
    assert target.read_text() == "mine"


@pytest.fixture
def five_megabytes(store: CaptureStore, entry_of: MakeEntry, fill: Fill, tmp_path: Path) -> Path:
    """As much in ``store``, and in this file."""
    payload = os.urandom(5_000)
    fill(store, [(entry_of(number, payload), payload) for number in range(1, 1_001)])
    return export(store, tmp_path / "large.jsonl", ExportFormat.JSON_LINES)


@pytest.mark.skipif(os.name != "posix", reason="disks are made full by means of POSIX")
def test_a_disk_that_gets_full_leaves_no_half_of_anything(
    store: CaptureStore, five_megabytes: Path, small_disk: Path
) -> None:
    for kind in ExportFormat:
        with pytest.raises(WriteError, match=r"No space left|File too large"):
            export_entries(store, small_disk / "a", kind)
    with pytest.raises(StoreError, match="memory only"):
        import_entries(five_megabytes, small_disk / "to.optave-capture")
    assert list(small_disk.iterdir()) == []


def test_a_huge_message_goes_both_ways(store: CaptureStore, entry_of: MakeEntry, fill: Fill, tmp_path: Path) -> None:
    text = b'{"a":"' + b'x\\"' * 2_000_000 + b'"}'
    fill(store, [(entry_of(1, text), text), (entry_of(2, text, kind=2), text)])
    for kind in BOTH_WAYS:
        again = import_entries(export(store, tmp_path / f"a.{kind}", kind), None)
        assert again.payload(1) == text
        assert again.payload(2) == text
        again.close()
