"""``optave-inspector export`` as a program."""

from __future__ import annotations

import csv
import io
import json
import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from optave_inspector.capture.entry import Entry, EntryFlag
from optave_inspector.capture.store import CaptureStore
from optave_inspector.imports import import_capture

ROOT = Path(__file__).resolve().parents[2]
WAIT_S = 50
TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.c2lnbmF0dXJl"


def export(*arguments: str | Path) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "optave_inspector", "export", *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        timeout=WAIT_S,
        check=False,
    )


def fill(store: CaptureStore, payloads: list[bytes], **fields: object) -> None:
    done = threading.Event()
    first = store.count + 1
    batch = [
        (Entry(number, 1, number % 2, 1, number, number * 10**9, len(payload), 0, **fields), payload)  # type: ignore[arg-type]
        for number, payload in enumerate(payloads, first)
    ]
    store.append(batch, lambda _count: done.set())
    assert done.wait(WAIT_S)


@pytest.fixture
def capture(tmp_path: Path) -> Path:
    """Ten messages, the third and the seventh with a token and a mail address."""
    path = tmp_path / "a.optave-capture"
    store = CaptureStore.create(path)
    payloads = [f'{{"number":{number}}}'.encode() for number in range(1, 11)]
    payloads[2] = payloads[6] = f'{{"access_token":"{TOKEN}","mail":"anna@example.org"}}'.encode()
    fill(store, payloads, action="adjust")
    store.set_bookmark(5, "five")
    store.close()
    return path


def test_each_format_is_written_without_the_secrets_for_the_owner_alone(capture: Path, tmp_path: Path) -> None:
    before = capture.read_bytes()
    for kind in ("har", "jsonl", "csv"):
        done = export(capture, "--format", kind, "-o", tmp_path / "out")
        assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
        text = (tmp_path / "out").read_text()
        assert TOKEN not in text
        assert text.count("‹token-1›") == 2
        if os.name == "posix":
            assert stat.S_IMODE((tmp_path / "out").stat().st_mode) == 0o600
    assert capture.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.optave-capture", "out"]


def test_the_name_of_the_file_tells_the_format(capture: Path, tmp_path: Path) -> None:
    assert export(capture, "-o", tmp_path / "a.har").returncode == 0
    assert json.loads((tmp_path / "a.har").read_text())["log"]["version"] == "1.2"


def test_a_query_chooses_and_the_rest_stays_at_home(capture: Path) -> None:
    done = export(capture, "--format", "csv", "--query", "is:bookmarked or number:9", "-o", "-")
    assert [row["number"] for row in csv.DictReader(io.StringIO(done.stdout.decode()))] == ["5", "9"]


def test_a_query_looks_into_payloads(capture: Path) -> None:
    done = export(capture, "--format", "jsonl", "--query", '"anna@example"', "-o", "-")
    assert [json.loads(line)["number"] for line in done.stdout.splitlines()[1:]] == [3, 7]


def test_what_matches_nothing_is_an_empty_file_and_no_failure(capture: Path) -> None:
    done = export(capture, "--format", "csv", "--query", '"no such text"', "-o", "-")
    assert done.returncode == 0
    assert done.stdout.count(b"\r\n") == 1


def test_without_redaction_all_leaves_as_it_is(capture: Path) -> None:
    done = export(capture, "--format", "jsonl", "--no-redact", "-o", "-")
    assert done.stdout.count(TOKEN.encode()) == 2


def test_more_is_hidden_where_asked(capture: Path) -> None:
    done = export(
        *(capture, "--format", "jsonl", "--hide-mail", "--hide-phone", "--hide-name", "ADJUST"),
        *("--hide-path", "$.number", "-o", "-"),
    )
    assert b"anna@" not in done.stdout
    assert "‹mail-1›" in done.stdout.decode()
    assert "‹value-1›" in done.stdout.decode()
    assert b'"adjust"' not in done.stdout


def test_a_preview_lists_what_would_go_and_writes_nothing(capture: Path, tmp_path: Path) -> None:
    done = export(capture, "--preview", "--hide-mail")
    assert done.returncode == 0
    assert done.stdout.decode().splitlines() == [
        "entry 3: payload $.access_token: ‹token-1›",
        "entry 3: payload $.mail: ‹mail-1›",
        "entry 7: payload $.access_token: ‹token-1›",
        "entry 7: payload $.mail: ‹mail-1›",
    ]
    assert [path.name for path in tmp_path.iterdir()] == ["a.optave-capture"]


@pytest.mark.parametrize(
    ("arguments", "status", "complaint"),
    [
        (["--format", "xml", "-o", "a"], 2, "xml is none of har, jsonl, csv"),
        (["--format", "csv"], 2, "--output"),
        (["-o", "a.txt"], 2, "does not tell the format"),
        (["-o", "-"], 2, "does not tell the format"),
        (["-o", "a.csv", "--preview"], 2, "--preview"),
        (["-o", "a.csv", "--query", "dir:sideways"], 2, ""),
        (["-o", "a.csv", "--query", "("], 2, ""),
        (["-o", "a.csv", "--hide-path", "$"], 2, "names nothing"),
        (["-o", "a.csv", "--no-redact", "--hide-mail"], 2, "--no-redact"),
        (["-o", "missing/a.csv"], 1, "There is no folder"),
        (["-o", "/dev/null", "--format", "csv"], 1, "no regular file"),
    ],
)
def test_what_is_wrong_is_said_and_told_by_the_exit_status(
    capture: Path, arguments: list[str], status: int, complaint: str
) -> None:
    done = export(capture, *arguments)
    assert done.returncode == status
    assert complaint in done.stderr.decode()
    assert done.stderr.strip()
    assert b"Traceback" not in done.stderr
    assert not (ROOT / "a.csv").exists()


def test_a_missing_and_a_damaged_capture_are_said(capture: Path, tmp_path: Path) -> None:
    done = export(tmp_path / "none.optave-capture", "-o", tmp_path / "a.csv")
    assert (done.returncode, "There is no capture" in done.stderr.decode()) == (1, True)
    capture.write_bytes(capture.read_bytes()[:20_000])
    done = export(capture, "-o", tmp_path / "a.csv")
    assert (done.returncode, "damaged" in done.stderr.decode()) == (1, True)
    assert not (tmp_path / "a.csv").exists()


def test_the_capture_itself_is_not_overwritten(capture: Path) -> None:
    before = capture.read_bytes()
    assert export(capture, "--format", "csv", "-o", capture).returncode == 1
    assert capture.read_bytes() == before


def test_a_capture_is_exported_while_its_session_goes_on(tmp_path: Path) -> None:
    store = CaptureStore.create(tmp_path / "live.optave-capture")
    fill(store, [b"one", b"two"])
    done = export(store.path, "--format", "jsonl", "-o", "-")
    assert done.returncode == 0
    assert len(done.stdout.splitlines()) == 3
    fill(store, [b"three"])
    store.close()


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """30,000 messages."""
    store = CaptureStore.create(tmp_path / "large.optave-capture")
    for _ in range(30):
        fill(store, [b'{"password":"hunter2","text":"' + b"x" * 700 + b'"}'] * 1_000)
    store.close()
    return store.path


@pytest.mark.skipif(os.name != "posix", reason="about pipes and signals of POSIX")
def test_a_reader_that_has_seen_enough_is_no_traceback(large: Path) -> None:
    command = [sys.executable, "-m", "optave_inspector", "export", str(large), "--format", "jsonl", "-o", "-"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        complaint = process.stderr.read()
        assert process.wait(WAIT_S) == 1
    assert complaint == b""


@pytest.mark.skipif(os.name != "posix", reason="about pipes and signals of POSIX")
def test_an_interrupted_export_leaves_nothing(large: Path, tmp_path: Path) -> None:
    # The key is pressed while entries are written: from outside that moment cannot be hit.
    code = (
        "import os, signal; from pathlib import Path; from optave_inspector import cli, export\n"
        "def interrupt(line, done, total):\n"
        "    if 0 < done < total:\n"
        f"        print(*[path.name for path in Path({str(tmp_path)!r}).glob('.a.har.*')], flush=True)\n"
        "        os.kill(os.getpid(), signal.SIGINT)\n"
        "export.ProgressLine.__call__ = interrupt\n"
        "cli.main()"
    )
    command = [sys.executable, "-c", code, "export", str(large), "-o", str(tmp_path / "a.har")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, timeout=WAIT_S, check=False)
    assert done.stdout.startswith(b".a.har.")
    assert done.returncode != 0
    assert [path.name for path in tmp_path.iterdir()] == ["large.optave-capture"]


@pytest.mark.skipif(os.name != "posix", reason="about terminals of POSIX")
def test_a_terminal_is_told_how_far_it_is_and_what_went(large: Path, tmp_path: Path) -> None:
    terminal, other_end = os.openpty()
    code = "from optave_inspector import cli, export; export._QUIET_S = export._BETWEEN_S = 0; cli.main()"
    command = [sys.executable, "-c", code, "export", str(large), "-o", str(tmp_path / "a.jsonl")]
    process = subprocess.Popen(command, cwd=ROOT, stderr=other_end)
    os.close(other_end)
    shown = b""
    try:
        while piece := os.read(terminal, 65_536):
            shown += piece
    except OSError:  # Linux tells the end of a terminal like this
        pass
    os.close(terminal)
    assert process.wait(WAIT_S) == 0
    assert b"30,000 of 30,000 entries" in shown
    assert shown.endswith("30,000 entries; taken out: 30000 × password.\r\n".encode())


def test_a_har_of_a_browser_gets_its_answers_matched(tmp_path: Path) -> None:
    def envelope(correlation: str, **more: object) -> str:
        headers = {"correlationId": correlation, "action": "adjust", "schemaRef": "optave.message.v3"}
        return json.dumps({"action": "adjust", "headers": headers, "payload": {"session": {}, "request": {}, **more}})

    answer = json.dumps({"action": "message", "headers": {"correlationId": "c1", "schemaRef": "optave.response.v3"},
        "payload": {"action": "superpower", "actionType": "adjust", "state": "completed"}})  # fmt: skip
    messages = [
        {"type": "send", "time": 100.0, "opcode": 1, "data": envelope("c1")},
        {"type": "receive", "time": 100.5, "opcode": 1, "data": answer},
        {"type": "receive", "time": 101.0, "opcode": 1, "data": answer},
    ]
    connection = {"_resourceType": "websocket", "_webSocketMessages": messages, "request": {"url": "wss://h/"}}
    source = tmp_path / "a.har"
    source.write_text(json.dumps({"log": {"version": "1.2", "entries": [connection, connection]}}))
    store = import_capture(source, None)
    entries = [entry for entry in store.page(1, 99) if entry.kind == 1]
    store.close()
    assert [entry.exchange for entry in entries[:3]] == [1, 1, 1]
    assert entries[1].latency_ns == 500_000_000
    assert entries[2].flags & EntryFlag.DUPLICATE
    assert entries[3].exchange == 2, "the second connection's"
