"""``optave-inspector export`` for traces, as a program: spans to a collector, exchanges and statistics as tables."""

from __future__ import annotations

import csv
import io
import os
import socket
import stat
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.captures import CONTENT, TOKEN, make_capture
from tests.collectors import Receiver, collecting, partial, status

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
WAIT_S = 50
KEY = "canary-api-key-0123456789"


def export(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    return subprocess.run(
        [sys.executable, "-m", "optave_inspector", "export", *map(str, arguments)],
        cwd=ROOT,
        env={**kept, **environment},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=WAIT_S,
        check=False,
    )


@pytest.fixture
def capture(tmp_path: Path) -> Path:
    return make_capture(tmp_path / "a.optave-capture")


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with collecting() as made:
        yield made


def test_all_is_delivered(capture: Path, receiver: Receiver) -> None:
    before = capture.read_bytes()
    done = export(capture, "--format", "otlp", "--endpoint", receiver.endpoint, "--header", f"X-Key={KEY}")
    place = receiver.endpoint.removeprefix("http://")
    assert done.stdout == f"4 exchanges and 2 connections as spans to {place}: 6 delivered, 0 not delivered.\n"
    assert (done.returncode, done.stderr) == (0, "")
    assert len(receiver.spans) == 6
    assert receiver.got[0].headers["x-key"] == KEY
    assert capture.read_bytes() == before


def test_the_environment_names_the_collector(capture: Path, receiver: Receiver) -> None:
    surroundings = {
        "OTEL_EXPORTER_OTLP_ENDPOINT": receiver.endpoint,
        "OTEL_EXPORTER_OTLP_HEADERS": f"x-key={KEY}",
        "OTEL_SERVICE_NAME": "support-desk",
        "OTEL_EXPORTER_OTLP_TIMEOUT": "0.000001",
        "OTEL_SDK_DISABLED": "true",
    }
    assert export(capture, "--format", "otlp", **surroundings).returncode == 0
    assert receiver.got[0].headers["x-key"] == KEY
    assert b"support-desk" in receiver.got[0].message.SerializeToString()


def test_a_query_chooses_exchanges(capture: Path, receiver: Receiver) -> None:
    done = export(capture, "--format", "otlp", "--endpoint", receiver.endpoint, "--query", "corr:wrong")
    assert done.returncode == 0, done.stderr
    assert sorted(span.name for span in receiver.spans) == ["request", "websocket connection"]


def test_contents_leave_only_when_asked_and_never_with_secrets(capture: Path, receiver: Receiver) -> None:
    export(capture, "--format", "otlp", "--endpoint", receiver.endpoint)
    export(capture, "--format", "otlp", "--endpoint", receiver.endpoint, "--with-contents", "--hide-name", "question")
    without, with_them = (got.message.SerializeToString() for got in receiver.got)
    assert CONTENT.encode() not in without
    assert b"canary customer" in with_them
    assert b"question" not in with_them
    assert TOKEN.encode() not in without + with_them


def test_what_is_not_delivered_is_a_failure(capture: Path, receiver: Receiver) -> None:
    receiver.answers = [partial(1, "too old"), status(401, f"bad {KEY}".encode())]
    some = export(capture, "--format", "otlp", "--endpoint", receiver.endpoint)
    assert some.returncode == 1
    assert "5 delivered, 1 not delivered" in some.stdout
    assert "too old" in some.stderr
    none = export(capture, "--format", "otlp", "--endpoint", receiver.endpoint, "--header", f"X-Key={KEY}")
    assert none.returncode == 1
    assert "0 delivered, 6 not delivered" in none.stdout
    assert "401 Unauthorized" in none.stderr
    assert KEY not in none.stdout + none.stderr


def test_a_collector_that_is_away_is_said_in_words(capture: Path) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        done = export(capture, "--format", "otlp", "--endpoint", f"http://127.0.0.1:{port}")
    assert done.returncode == 1
    assert done.stderr == f"Nobody listens at 127.0.0.1:{port}. Start the collector, or check the port.\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--format", "otlp"], "No endpoint is given"),
        (["--format", "otlp", "--endpoint", "localhost:4318"], "does not begin with http"),
        (["--format", "otlp", "--endpoint", "http://h", "--header", KEY], "is not NAME=VALUE"),
        (["--format", "otlp", "--endpoint", "http://h", "--timeout", "0"], "makes no sense"),
        (["--format", "otlp", "--endpoint", "http://h", "--ca-file", "/no/such.pem"], "cannot be read"),
        (["--format", "otlp", "--endpoint", "http://h", "--query", "dir:"], "dir"),
        (["--format", "otlp", "--endpoint", "http://h", "-o", "file"], "not to a file"),
        (["--format", "otlp", "--endpoint", "http://h", "--no-redact"], "Secrets never go"),
        (["--format", "har", "-o", "file", "--endpoint", "http://h"], "for --format otlp only"),
        (["--format", "exchanges-csv", "--preview"], "no preview"),
        (["--format", "exchanges-csv"], "--output"),
        (["--format", "csvs", "-o", "file"], "none of har"),
    ],
)
def test_what_is_asked_wrongly_is_said(capture: Path, arguments: list[str], words: str) -> None:
    done = export(capture, *arguments)
    assert done.returncode == 2
    assert words in " ".join(done.stderr.replace("│", " ").split())
    assert KEY not in done.stdout + done.stderr


def test_a_capture_that_is_none_is_said(tmp_path: Path, receiver: Receiver) -> None:
    done = export(tmp_path / "no.optave-capture", "--format", "otlp", "--endpoint", receiver.endpoint)
    assert (done.returncode, receiver.got) == (1, [])
    assert "no.optave-capture" in done.stderr


def test_exchanges_as_a_table(capture: Path, tmp_path: Path) -> None:
    done = export(capture, "--format", "exchanges-csv", "-o", tmp_path / "out.csv")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    with (tmp_path / "out.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [(row["correlation_id"], row["status"]) for row in rows] == [
        ("streamed", "completed"),
        ("wrong", "error"),
        ("slow", "timed_out"),
        ("cut", "cut_off"),
    ]
    assert rows[0]["total_ms"] == "2500.000"
    if os.name == "posix":
        assert stat.S_IMODE((tmp_path / "out.csv").stat().st_mode) == 0o600


def test_statistics_as_a_table_of_what_a_query_finds(capture: Path) -> None:
    done = export(capture, "--format", "statistics-csv", "--query", "corr:wrong or corr:cut", "-o", "-")
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert [(row["action"], row["exchanges"]) for row in rows] == [("conjure", "1"), ("adjust", "1"), ("(all)", "2")]


def test_tables_leave_without_secrets_and_never_over_the_capture(tmp_path: Path) -> None:
    path = make_capture(tmp_path / "b.optave-capture", correlation_id=TOKEN)
    for kind in ("exchanges-csv", "statistics-csv", "rate-csv"):
        assert TOKEN not in export(path, "--format", kind, "-o", "-").stdout
    assert TOKEN in export(path, "--format", "exchanges-csv", "--no-redact", "-o", "-").stdout
    before = path.read_bytes()
    refused = export(path, "--format", "exchanges-csv", "-o", path)
    assert refused.returncode == 1
    assert "is the capture itself" in refused.stderr
    assert path.read_bytes() == before
