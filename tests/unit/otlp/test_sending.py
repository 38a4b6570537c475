"""Sending to collectors that behave, and to those that do not: what is counted, and what is said."""

from __future__ import annotations

import logging
import socket
import ssl
import threading
from typing import TYPE_CHECKING

import pytest
import trustme
from google.rpc.status_pb2 import Status

from optave_inspector.capture.redaction import Redactor
from optave_inspector.capture.store import CaptureStore
from optave_inspector.otlp import exporter as exporter_module
from optave_inspector.otlp.attempts import Attempts
from optave_inspector.otlp.batches import exchange_spans
from optave_inspector.otlp.exporter import CollectorExporter, send_nothing
from optave_inspector.otlp.sending import Sent, send_capture
from optave_inspector.otlp.settings import collector
from optave_inspector.otlp.spans import SpanMaker
from optave_inspector.protocol.contract import Contract
from optave_inspector.replay import CaptureReplay
from optave_inspector.resources import schemas
from tests.captures import make_capture
from tests.collectors import PROTOBUF, Receiver, collecting, fine, hang, partial, status

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

KEY = "canary-api-key-0123456789"
ALL = 6
"""Spans of the capture."""


@pytest.fixture(autouse=True)
def surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with collecting() as made:
        yield made


@pytest.fixture
def store(tmp_path: Path) -> Iterator[CaptureStore]:
    made = CaptureStore.open(make_capture(tmp_path / "one.optave-capture"), read_only=True)
    yield made
    made.close()


def send(store: CaptureStore, endpoint: str, timeout_s: float = 20, **options: object) -> Sent:
    exchanges = CaptureReplay(store, Contract(schemas())).rebuild().exchanges
    headers = {"Authorization": f"Bearer {KEY}"}
    return send_capture(store, exchanges, collector(endpoint, headers, timeout_s=timeout_s, **options))  # type: ignore[arg-type]


def test_headers_and_compression_go_along(
    receiver: Receiver, store: CaptureStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(store, receiver.endpoint)
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_COMPRESSION", "none")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_HEADERS", "x-team=support,authorization=theirs")
    send(store, f"{receiver.endpoint}/v1/traces/")
    first, second = receiver.got
    assert first.path == "/v1/traces"
    assert first.headers["authorization"] == second.headers["authorization"] == f"Bearer {KEY}"
    assert first.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in second.headers
    assert second.headers["x-team"] == "support"
    assert len(second.raw) > len(first.raw) or first.message == second.message


def test_a_busy_collector_is_asked_again_when_it_says(receiver: Receiver, store: CaptureStore) -> None:
    receiver.answers = [status(503, headers={"Retry-After": "0"}), status(429, headers={"Retry-After": "0"}), fine]
    assert send(store, receiver.endpoint) == Sent(2, 4, ALL, 0, "")
    assert len(receiver.got) == 3


def test_a_collector_that_stays_busy_costs_the_time_limit_and_is_told(receiver: Receiver, store: CaptureStore) -> None:
    receiver.always = status(503, b"full up", headers={"Retry-After": "3600"})
    sent = send(store, receiver.endpoint)
    assert (sent.delivered, sent.not_delivered) == (0, ALL)
    assert "503 Service Unavailable. It says: “full up”." in sent.problem


def test_nobody_there(store: CaptureStore) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        sent = send(store, f"http://127.0.0.1:{port}", timeout_s=3000)
    assert (sent.delivered, sent.not_delivered) == (0, ALL)
    assert sent.problem == f"Nobody listens at 127.0.0.1:{port}. Start the collector, or check the port."


def test_a_name_that_does_not_exist(store: CaptureStore) -> None:
    sent = send(store, "http://no-such-host.invalid:4317", timeout_s=0.5)
    assert "The host no-such-host.invalid is not known." in sent.problem


def test_one_that_hangs_costs_the_time_limit(receiver: Receiver, store: CaptureStore) -> None:
    receiver.always = hang
    sent = send(store, receiver.endpoint, timeout_s=0.5)
    assert sent.not_delivered == ALL
    assert "did not answer within 0.5 s" in sent.problem


def test_one_that_speaks_something_else(store: CaptureStore) -> None:
    server = socket.create_server(("127.0.0.1", 0))

    def speak() -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            connection.recv(10)
            connection.sendall(b"\x00\x00\x12\x04\x00\x00\x00\x00\x00")
            connection.close()

    thread = threading.Thread(target=speak)
    thread.start()
    sent = send(store, f"http://127.0.0.1:{server.getsockname()[1]}", timeout_s=0.5)
    server.shutdown(socket.SHUT_RDWR)
    server.close()
    thread.join(5)
    assert sent.not_delivered == ALL
    assert "broke the connection off, or does not speak HTTP" in sent.problem


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (401, "as a header"),
        (404, "Check the path"),
        (302, "a redirect, which is not followed"),
        (415, "OTEL_EXPORTER_OTLP_COMPRESSION=none"),
        (500, "answered 500 Internal Server Error"),
        (299 + 700, "a status that HTTP does not define"),
    ],
)
def test_a_refusal_is_told_in_words_and_not_tried_again(
    receiver: Receiver, store: CaptureStore, code: int, words: str
) -> None:
    receiver.always = status(code, headers={"Location": "http://127.0.0.1:1/"} if code == 302 else None)
    sent = send(store, receiver.endpoint)
    assert (sent.delivered, sent.not_delivered) == (0, ALL)
    assert words in sent.problem
    assert len(receiver.got) == 1


def test_what_a_collector_says_is_quoted_without_the_key_that_it_repeats(
    receiver: Receiver, store: CaptureStore, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    body = Status(code=3, message=f"no\nsuch key {KEY}").SerializeToString()
    receiver.always = status(400, body, PROTOBUF)
    sent = send(store, receiver.endpoint)
    assert "It says: “no such key ••••”" in sent.problem
    assert KEY not in caplog.text
    assert KEY not in repr(collector(receiver.endpoint, {"Authorization": KEY}))


def test_what_is_rejected_in_part_is_counted(receiver: Receiver, store: CaptureStore) -> None:
    receiver.answers = [partial(2, "span too old")]
    assert send(store, receiver.endpoint) == Sent(
        2, 4, ALL - 2, 2, "The collector did not take 2 of the spans: “span too old”."
    )


def test_what_is_rejected_in_part_is_counted_in_json_as_well(receiver: Receiver, store: CaptureStore) -> None:
    body = b'{"partialSuccess":{"rejectedSpans":"1","errorMessage":"no"}}'
    receiver.answers = [status(200, body, "application/json")]
    sent = send(store, receiver.endpoint)
    assert (sent.delivered, sent.not_delivered) == (ALL - 1, 1)


def test_a_web_page_is_no_collector(receiver: Receiver, store: CaptureStore) -> None:
    receiver.always = status(200, b"<html>", "text/html")
    sent = send(store, receiver.endpoint)
    assert sent.not_delivered == ALL
    assert "answered with a web page" in sent.problem


def test_an_endless_answer_ends(receiver: Receiver, store: CaptureStore, monkeypatch: pytest.MonkeyPatch) -> None:
    receiver.always = status(200, b"x" * 2_000_000, "text/plain")
    read: list[int] = []
    beginning = exporter_module._beginning
    monkeypatch.setattr(
        exporter_module, "_beginning", lambda response: read.append(len(body := beginning(response))) or body
    )
    send(store, receiver.endpoint)
    assert max(read) <= 70_000


def test_tls_needs_the_authority_that_vouches(store: CaptureStore, tmp_path: Path) -> None:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    file = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(file)
    with collecting(context) as receiver:
        refused = send(store, receiver.endpoint, timeout_s=5)
        assert refused.not_delivered == ALL
        assert "authority that this machine does not trust" in refused.problem
        assert send(store, receiver.endpoint, ca_file=str(file)).delivered == ALL


def test_the_environment_names_an_authority(
    store: CaptureStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_CERTIFICATE", str(tmp_path / "ca.pem"))
    with collecting(context) as receiver:
        assert send(store, receiver.endpoint).delivered == ALL


def test_a_proxy_of_the_environment_is_used(
    receiver: Receiver, store: CaptureStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", receiver.endpoint)
    assert send(store, "http://collector.invalid:4318").delivered == ALL
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    assert "The proxy on the way to" in send(store, "http://collector.invalid:4318", timeout_s=0.5).problem


def test_passwords_of_netrc_stay_at_home(receiver: Receiver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password netrc-canary\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    assert send_nothing(collector(receiver.endpoint)).sentence == ""
    assert "authorization" not in receiver.got[0].headers


def test_trying_a_collector_leaves_nothing_there(receiver: Receiver) -> None:
    verdict = send_nothing(collector(receiver.endpoint))
    assert verdict.delivered
    assert receiver.spans == []
    receiver.answers = [status(401)]
    assert "answered 401 Unauthorized" in str(send_nothing(collector(receiver.endpoint)))


def test_giving_up_ends_the_waiting_between_two_tries(receiver: Receiver, store: CaptureStore) -> None:
    receiver.always = status(503, headers={"Retry-After": "3000"})
    exporter = CollectorExporter(collector(receiver.endpoint, timeout_s=3600))
    attempts = Attempts(Redactor())
    attempts.read(store)
    exchanges = CaptureReplay(store, Contract(schemas())).rebuild().exchanges
    spans = list(exchange_spans(store, SpanMaker(Redactor()), attempts.by_number, exchanges))
    thread = threading.Thread(target=exporter.export, args=(spans,))
    thread.start()
    receiver.wait_for(lambda: len(receiver.got) == 1)
    exporter.shutdown()
    thread.join(10)
    assert not thread.is_alive()
    assert (exporter.delivered, exporter.not_delivered) == (0, 4)
    exporter.export(spans)
    assert exporter.not_delivered == 8
    assert len(receiver.got) == 1
