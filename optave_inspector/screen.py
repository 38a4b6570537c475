"""Whether a window can be shown here, asked without loading Qt into this process."""

from __future__ import annotations

import os
import subprocess
import sys

_PROBE = "from PySide6.QtGui import QGuiApplication; QGuiApplication([])"
_PROBE_S = 20


def why_no_screen() -> str:
    """Why no window can be shown, as a sentence; empty where one can.

    On Linux a set DISPLAY may still name a server that is gone, and Qt ends the process that tries: so another process
    tries first.
    """
    platform = os.environ.get("QT_QPA_PLATFORM", "")
    if platform in ("offscreen", "minimal"):
        return f"QT_QPA_PLATFORM is {platform}."
    if not sys.platform.startswith("linux"):
        return ""
    if not os.environ.get("DISPLAY") and not os.environ.get("WAYLAND_DISPLAY"):
        return "This machine has no screen (neither DISPLAY nor WAYLAND_DISPLAY is set)."
    if getattr(sys, "frozen", False):
        return ""
    try:
        probe = subprocess.run(  # noqa: S603 - our own interpreter and text
            [sys.executable, "-c", _PROBE], capture_output=True, timeout=_PROBE_S, check=False
        )
    except subprocess.TimeoutExpired:
        return "The screen does not answer."
    return "" if probe.returncode == 0 else "The screen can't be used."
