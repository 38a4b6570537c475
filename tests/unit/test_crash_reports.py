"""Crash reports: what is kept of an error and of a hard crash, what is left out, how many."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from optave_inspector.crash_reports import MOST, CrashReports, FaultWatch, shorten_home

SECRET = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.c2lnbmF0dXJlLWNhbmFyeQ"


def raised(words: str) -> Exception:
    try:
        raise ValueError(words)
    except ValueError as error:
        return error


def test_a_report_says_what_where_and_what_was_going_on_and_holds_no_secret(tmp_path: Path) -> None:
    reports = CrashReports(tmp_path / "crashes")
    path = reports.write(raised(f"token {SECRET} in {Path.home()}/x"), ["1: OPEN, 12 entries"], ["a line of the log"])
    assert path is not None
    text = path.read_text()
    assert text.startswith("ValueError: token")
    for held in ("test_crash_reports.py", "1: OPEN, 12 entries", "a line of the log", "Traceback"):
        assert held in text
    assert SECRET not in text
    assert "canary" not in text
    assert f"in {Path.home()}" not in text
    assert path.stat().st_mode & 0o077 == 0
    assert reports.all()[0].summary.startswith("ValueError")


def test_the_same_error_is_reported_once_a_run_and_a_flood_of_others_ends(tmp_path: Path) -> None:
    reports = CrashReports(tmp_path)
    error = raised("again")
    assert reports.write(error) is not None
    assert reports.write(error) is None
    for number in range(20):
        reports.write(raised(str(number)))
    assert len(reports.all()) == 5


def test_the_oldest_go_when_there_are_too_many(tmp_path: Path) -> None:
    for number in range(MOST + 3):
        path = CrashReports(tmp_path).write(raised(str(number)))
        assert path is not None
        os.utime(path, (1000 + number, 1000 + number))
    CrashReports(tmp_path).write(raised("newest"))
    left = CrashReports(tmp_path).all()
    assert len(left) == MOST
    assert left[0].summary == "ValueError: newest"
    assert "ValueError: 0" not in [each.summary for each in left]


def test_a_process_that_ends_in_native_code_leaves_a_report(tmp_path: Path) -> None:
    code = (
        "import faulthandler, sys; from pathlib import Path;"
        "from optave_inspector.crash_reports import FaultWatch\n"
        "with FaultWatch(Path(sys.argv[1])): faulthandler._sigsegv()"
    )
    ended = subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False, capture_output=True)
    assert ended.returncode != 0
    log = tmp_path / "app.log"
    log.write_text("the last words\n")
    reports = CrashReports(tmp_path)
    reports.collect(log)
    (report,) = reports.all()
    assert "Segmentation fault" in report.summary
    assert "the last words" in report.text()
    assert not list(tmp_path.glob("fault-*"))


def test_an_orderly_end_and_a_kill_leave_none_and_a_running_process_keeps_its_file(tmp_path: Path) -> None:
    reports = CrashReports(tmp_path)
    with FaultWatch(tmp_path):
        reports.collect(tmp_path / "no.log")
        assert list(tmp_path.glob("fault-*"))
    assert not list(tmp_path.glob("fault-*"))
    (tmp_path / "fault-999999999.txt").write_text("running since yesterday\n\n")
    reports.collect(tmp_path / "no.log")
    assert reports.all() == []
    assert not list(tmp_path.glob("fault-*"))


def test_a_number_that_another_process_has_now_does_not_hide_a_crash(tmp_path: Path) -> None:
    path = tmp_path / f"fault-{os.getpid()}.txt"
    path.write_text("running since\n\nFatal Python error: Aborted\n")
    long_ago = time.time() - 10 * 24 * 3600
    os.utime(path, (long_ago, long_ago))
    reports = CrashReports(tmp_path)
    reports.collect(tmp_path / "no.log")
    assert [each.summary for each in reports.all()] == ["Fatal Python error: Aborted"]


def test_a_folder_that_takes_nothing_stops_nothing(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")
    assert CrashReports(file / "below").write(raised("x")) is None
    with FaultWatch(file / "below"):
        pass


@pytest.mark.parametrize("home", ["/", "/home/somebody"])
def test_the_home_folder_is_shortened_and_nothing_else(monkeypatch: pytest.MonkeyPatch, home: str) -> None:
    monkeypatch.setenv("HOME", home)
    assert shorten_home("/home/somebody/x /etc") == ("~/x /etc" if home != "/" else "/home/somebody/x /etc")
