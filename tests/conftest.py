"""For all tests: Qt offscreen, the user's folders in a temporary one, and no unlisted skip where CI asks for none."""

from __future__ import annotations

import fnmatch
import os
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")

_ALLOWED = Path(__file__).parent.parent / ".ci" / "allowed-skips"
_unlisted: list[str] = []


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No test touches the profiles, captures or logs of whoever runs it."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("OPTAVE_INSPECTOR_HOME", str(home))
    return home


def _allowed_patterns() -> list[str]:
    lines = (line.split("#")[0].strip() for line in _ALLOWED.read_text(encoding="utf-8").splitlines())
    return [line for line in lines if line]


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Remember the skips that nobody listed."""
    listed = any(fnmatch.fnmatch(report.nodeid, pattern) for pattern in _allowed_patterns())
    if report.skipped and not hasattr(report, "wasxfail") and not listed:
        _unlisted.append(report.nodeid)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail for unlisted skips where asked."""
    if os.environ.get("UNLISTED_SKIPS") == "fail" and _unlisted and session.exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say which."""
    if os.environ.get("UNLISTED_SKIPS") == "fail" and _unlisted:
        terminalreporter.section("skips that .ci/allowed-skips does not list", red=True, bold=True)
        for nodeid in _unlisted:
            terminalreporter.write_line(nodeid)
