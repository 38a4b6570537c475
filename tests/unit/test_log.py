"""The log: no secret gets into it, it keeps what a log window needs, and trouble with its file stops nobody."""

import io
import logging
import os
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from optave_inspector.log import (
    FILE_NAME,
    LEVEL_VARIABLE,
    MASK,
    AppLog,
    LogLine,
    RecentRecords,
    RedactingFilter,
    redact,
    start_logging,
)

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.c2lnbmF0dXJlLWNhbmFyeQ"
CANARY = "c4n4ry-s3cr3t-v4lue"
Start = Callable[..., AppLog]


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    monkeypatch.delenv(LEVEL_VARIABLE, raising=False)
    names = ["", "optave_inspector", "aiohttp", "asyncio", "keyring", "qasync", "websockets"]
    levels = {name: logging.getLogger(name).level for name in names}
    running: list[AppLog] = []

    def begin(**options: object) -> AppLog:
        running.append(start_logging(options.pop("folder", tmp_path), **options))
        return running[-1]

    yield begin
    for log in running:
        log.stop()
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


def ours(name: str = "test") -> logging.Logger:
    return logging.getLogger(f"optave_inspector.{name}")


def texts(log: AppLog) -> list[str]:
    return [line.text for line in log.recent.after()]


@pytest.mark.parametrize(
    "text",
    [
        f"connecting with {JWT}",
        f"wss://ws-acme.oco.optave.tech/?OptaveTraceChatSessionId=s-1&Authorization={CANARY}",
        f"POST /auth/oauth2/token?grant_type=client_credentials&client_id=me&client_secret={CANARY}",
        f"client_secret%3D{CANARY}",
        f'{{"access_token": "{CANARY}", "token_type": "Bearer"}}',
        f"{{'access_token': '{CANARY}'}}",
        rf'"{{\"access_token\": \"{CANARY}\"}}"',
        f"b'client_secret={CANARY}'",
        f"ClientCredentials(client_id='me', client_secret='{CANARY}')",
        f"Authorization: Bearer {CANARY}",
        f"('Authorization', 'Bearer {CANARY}')",
        f"Authorization: Basic {CANARY}=",
        f"Proxy-Authorization: Basic {CANARY}",
        f"Authorization=Bearer+{CANARY}",
        f"Authorization=Bearer%20{CANARY}",
        f"the token is Bearer {CANARY}",
        f"> Sec-WebSocket-Protocol: optave-v1, {CANARY}",
        f"('Sec-WebSocket-Protocol', 'optave-v1,{CANARY}')",
        f"refresh_token={CANARY};id_token={CANARY}",
        f"password = {CANARY}",
        f"OPTAVE__CLIENT_SECRET={CANARY}",
        f'{{"token": "{CANARY}"}}',
        f"wss://host/?ticket={CANARY}&x=1",
        f"https://me:{CANARY}@host/path",
        f"https://{CANARY}@host/path",
    ],
)
def test_secrets_are_masked_in_every_spelling(text: str) -> None:
    masked = redact(text)
    assert CANARY not in masked
    assert "canary" not in masked
    assert JWT.split(".")[1] not in masked
    assert MASK in masked


@pytest.mark.parametrize(
    "text",
    [
        "optave_inspector.client.connection.Connection failed",
        "wss://ws-acme.oco.optave.tech/?x=1",
        "schemaRef optave.message.v3",
        "Authorization={{token}}",
        "the authorization failed",
        "client_secret is missing",
        "offers optave-v1, then the token",
        "token: pasted, used once",
        "has_token=True",
        "write to support@example.com or see https://example.com/a@b",
        "0190b3c4-0000-7000-8000-000000000000",
    ],
)
def test_what_is_no_secret_stays_readable(text: str) -> None:
    assert redact(text) == text


def test_what_stands_around_a_secret_stays_readable() -> None:
    masked = redact(f"wss://host/?Authorization={CANARY}&x=1 answered 401")
    assert masked == f"wss://host/?Authorization={MASK}&x=1 answered 401"


def test_hostile_texts_are_masked_in_reasonable_time() -> None:
    text = "ey" + "a" * 200_000 + "." + "authorization=" * 20_000 + "bearer " * 20_000 + "://" * 20_000
    assert isinstance(redact(text), str)


def test_no_canary_reaches_the_file_the_memory_or_the_stream(start: Start, tmp_path: Path) -> None:
    stream = io.StringIO()
    log = start(stream=stream)
    ours().error("token %s, %s", JWT, {"client_secret": CANARY})
    try:
        try:
            raise ValueError(f"client_secret={CANARY}")
        except ValueError as cause:
            raise RuntimeError(f"Authorization: Bearer {CANARY}") from cause
    except RuntimeError:
        ours().exception("the attempt with access_token=%s failed", CANARY, stack_info=True)
    logging.getLogger("websockets.client").warning("Sec-WebSocket-Protocol: optave-v1, %s", JWT)
    everything = [(tmp_path / FILE_NAME).read_text(encoding="utf-8"), stream.getvalue(), "\n".join(texts(log))]
    for text in everything:
        assert CANARY not in text
        assert "c2lnbmF0dXJl" not in text
        assert "RuntimeError: Authorization: Bearer" in text
        assert "direct cause" in text
        assert "Stack (most recent call last)" in text


def test_later_handlers_see_the_masked_record(start: Start) -> None:
    start()
    seen: list[str] = []

    class Later(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            seen.append(logging.Formatter().format(record))

    later = Later()
    logging.getLogger().addHandler(later)
    try:
        try:
            raise ValueError(f"password={CANARY}")
        except ValueError:
            ours().exception("client_secret=%s", CANARY)
    finally:
        logging.getLogger().removeHandler(later)
    assert CANARY not in seen[0]


def test_a_record_whose_arguments_do_not_fit_is_kept_and_raises_nothing() -> None:
    recent = RecentRecords()
    recent.addFilter(RedactingFilter())
    recent.handle(logging.makeLogRecord({"msg": "%d frames and %s", "args": ("many",)}))
    assert [line.text for line in recent.after()] == ["%d frames and %s (its arguments cannot be shown)"]


@pytest.mark.skipif(os.name != "posix", reason="POSIX rights")
def test_the_file_is_its_owner_s_alone_also_when_it_was_not_before(start: Start, tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    path.write_text("old\n", encoding="utf-8")
    path.chmod(0o644)
    before = os.umask(0)
    try:
        log = start(max_bytes=300, backups=2)
        for number in range(40):
            ours().info("record %d", number)
    finally:
        os.umask(before)
    files = sorted(tmp_path.iterdir())
    assert [each.name for each in files] == [FILE_NAME, f"{FILE_NAME}.1", f"{FILE_NAME}.2"]
    assert {stat.S_IMODE(each.stat().st_mode) for each in files} == {0o600}
    assert all(each.stat().st_size <= 300 for each in files)
    assert log.problem == ""


def test_without_a_writable_folder_the_records_are_kept_in_memory_and_this_is_told(
    start: Start, tmp_path: Path
) -> None:
    log = start(folder=tmp_path / "missing")
    ours().info("still here")
    assert "cannot be written: No such file or directory" in log.problem
    assert log.problem in texts(log)
    assert texts(log)[-1] == "still here"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="RLIMIT_FSIZE as Linux has it")
def test_a_full_disk_is_told_once_and_prints_nothing(tmp_path: Path) -> None:
    program = f"""
import logging, pathlib, resource, signal
from optave_inspector.log import start_logging
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
usual = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (200, usual[1]))
log = start_logging(pathlib.Path({str(tmp_path)!r}))
for number in range(20):
    logging.getLogger("optave_inspector").info("record %d", number)
resource.setrlimit(resource.RLIMIT_FSIZE, usual)
assert "cannot be written" in log.problem and "File too large" in log.problem, log.problem
assert len(log.recent.after()) == 20
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_memory_is_bounded_and_numbers_tell_what_is_gone() -> None:
    recent = RecentRecords(capacity=3)
    for number in range(5):
        recent.handle(logging.makeLogRecord({"msg": f"record {number}", "levelno": logging.INFO, "name": "x"}))
    assert [(line.number, line.text) for line in recent.after()] == [(3, "record 2"), (4, "record 3"), (5, "record 4")]
    assert [line.number for line in recent.after(4)] == [5]
    assert recent.count == 5


def test_a_huge_record_is_cut_in_memory_and_says_so(start: Start) -> None:
    log = start()
    ours().info("x" * (RecentRecords.MAX_TEXT + 7))
    assert texts(log)[0].endswith("\n… 7 more characters")


def test_a_line_says_when_who_and_how_bad(start: Start) -> None:
    log = start()
    ours("client").warning("slow")
    line = log.recent.after()[0]
    assert isinstance(line, LogLine)
    assert (line.logger, line.level, line.text) == ("optave_inspector.client", logging.WARNING, "slow")
    assert line.wall_ns > 1_700_000_000 * 10**9
    assert "WARNING optave_inspector.client: slow" in log.path.read_text(encoding="utf-8")


def test_threads_may_log_at_once(start: Start) -> None:
    log = start()
    threads = [threading.Thread(target=lambda: [ours().info("hi") for _ in range(50)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [line.number for line in log.recent.after()] == list(range(1, 201))


@pytest.mark.parametrize(
    ("wanted", "heard"),
    [
        ("", ["info", "warning"]),
        ("debug", ["debug", "info", "warning"]),
        ("ERROR", []),
        ("10", ["debug", "info", "warning"]),
    ],
)
def test_the_environment_sets_how_much_is_said(
    wanted: str, heard: list[str], start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(LEVEL_VARIABLE, wanted)
    log = start()
    for level in ("debug", "info", "warning"):
        getattr(ours(), level)(level)
    assert texts(log) == heard


def test_an_unknown_level_is_said_and_the_usual_one_used(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(LEVEL_VARIABLE, "loud")
    log = start()
    ours().info("heard")
    assert texts(log) == [
        "OPTAVE_INSPECTOR_LOG is loud, which is no level. Use DEBUG, INFO, WARNING or ERROR.",
        "heard",
    ]


def test_other_libraries_speak_from_warning_on(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(LEVEL_VARIABLE, "DEBUG")
    log = start()
    for name in ("websockets.client", "aiohttp.access", "asyncio"):
        logging.getLogger(name).info("quiet")
        logging.getLogger(name).warning("%s", name)
    assert texts(log) == ["websockets.client", "aiohttp.access", "asyncio"]


def test_after_stop_nothing_is_kept_and_stopping_again_is_fine(start: Start) -> None:
    log = start()
    log.stop()
    log.stop()
    ours().warning("nobody hears this")
    assert texts(log) == []
