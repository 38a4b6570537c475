"""What a problem report should hold, as text: versions, folders, settings and the last lines of the log; no secrets."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from ..crash_reports import shorten_home
from ..log import LEVEL_VARIABLE, recent_records, redact
from .dialogs.about import about_text
from .theme import theme_switch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..log import LogLine
    from .main_window import MainWindow

_LINES = 60
_LEVELS = {10: "DEBUG", 20: "INFO", 30: "WARNING", 40: "ERROR", 50: "CRITICAL"}


def diagnostics_text(window: MainWindow) -> str:
    """All of it, to be pasted into a ticket."""
    lines = [
        about_text(),
        "",
        "Settings",
        *(f"  {line}" for line in _settings(window)),
        "",
        "Sessions",
        *(f"  {line}" for line in going_on(window)),
        "",
        f"The last {_LINES} lines of the log",
        *last_lines(_LINES),
    ]
    return shorten_home(redact("\n".join(lines)))


def going_on(window: MainWindow) -> list[str]:
    """What the sessions of the window are at; no names, no addresses."""
    return [
        f"{number}: {page.one.session.state.name}, attempt {page.one.session.attempt}, "
        f"{page.one.session.store.count:,} entries, {len(page.one.session.exchanges):,} exchanges"
        f"{', in front' if page is window.page else ''}"
        for number, page in enumerate(window.pages, 1)
    ]


def last_lines(count: int) -> list[str]:
    """The newest lines of the log that this process keeps."""
    recent = recent_records()
    return [line_text(line) for line in recent.after()[-count:]] if recent is not None else []


def line_text(line: LogLine) -> str:
    """One line as a file would hold it."""
    when = time.strftime("%H:%M:%S", time.localtime(line.wall_ns // 10**9))
    return f"{when}.{line.wall_ns // 10**6 % 1000:03d} {level_name(line.level)} {line.logger}: {line.text}"


def level_name(level: int) -> str:
    """As :mod:`logging` calls it."""
    return _LEVELS.get(level, str(level))


def _settings(window: MainWindow) -> Sequence[str]:
    import os

    changed = [f"{row.name}={row.keys or 'none'}" for row in window.care.shortcuts.rows() if row.is_changed]
    profile = window.page.one.current.profile
    retention = window.captures.own.retention()
    traces = window.traces.settings
    return [
        f"theme: {theme_switch().choice}",
        f"changed shortcuts: {', '.join(changed) or 'none'}",
        f"captures are kept: {retention.keep_days or 'all'} days, {retention.max_total_bytes or 'any number of'} bytes",
        f"traces to a collector: {'on' if traces.on else 'off'}, {len(traces.headers)} headers",
        f"profiles: {len(window.page.one.current.names())}",
        f"profile in front: token by {profile.auth_transport}, compression {'on' if profile.compression else 'off'}",
        f"{LEVEL_VARIABLE}: {os.environ.get(LEVEL_VARIABLE) or 'not set'}",
    ]
