"""A program that knows nothing of ours uses the window: over the accessibility bus, on a virtual screen."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

OUTSIDE = Path(__file__).parent / "outside"
TOOLS = ("dbus-run-session", "xvfb-run", "xauth", "/usr/libexec/at-spi-bus-launcher", "/usr/bin/python3")


def why_not() -> str:
    """What is missing for this test; empty where it can run."""
    missing = [tool for tool in TOOLS if shutil.which(tool) is None]
    if missing:
        return f"needs {', '.join(missing)}"
    asked = subprocess.run(["/usr/bin/python3", "-c", "import pyatspi"], capture_output=True, check=False)
    return "" if asked.returncode == 0 else "needs pyatspi for the system's Python"


@pytest.mark.timeout(180)
def test_an_outside_program_composes_sends_reads_the_log_and_closes(own_home: Path) -> None:
    if reason := why_not():
        pytest.skip(reason)
    command = ["dbus-run-session", "--", "xvfb-run", "-a", "-s", "-screen 0 1440x900x24", "sh", str(OUTSIDE / "run.sh")]
    environment = {key: value for key, value in os.environ.items() if key not in ("QT_QPA_PLATFORM", "DISPLAY")}
    process = subprocess.Popen(
        [*command, sys.executable],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
        start_new_session=True,
    )
    try:
        told, errors = process.communicate(timeout=150)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        told, errors = process.communicate()
    assert process.returncode == 0, errors[-4000:]
    seen = json.loads(told.splitlines()[-1])
    assert "can send" in seen["open"]
    assert "cannot send" in seen["closed"]
    log = [" ".join(row) for row in seen["frames"]]
    assert any("101" in row for row in log)
    assert sum("text" in row for row in log) == 2
    assert any("Said from outside" in row for row in log)
