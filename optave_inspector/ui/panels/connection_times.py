"""Time limits, keepalive pings and retries of a connection."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QDoubleSpinBox, QGridLayout, QLabel, QSpinBox, QVBoxLayout, QWidget

from ...profiles.checks import MAX_RETRIES, MAX_SECONDS
from ..widgets.form import section, words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ...profiles.profile import Profile
    from ..current_profile import CurrentProfile

_TIME_LIMITS = {
    "open_timeout_s": ("Open", "Time limit for connecting", "Name, TCP, proxy, TLS and upgrade together"),
    "close_timeout_s": ("Close", "Time limit for closing", "How long the other side's close frame is awaited"),
    "request_timeout_s": ("Answer", "Time limit for answers", "After which a request counts as timed out"),
    "token_timeout_s": ("Token", "Time limit for the token", "For one answer of the token endpoint"),
}
_RETRIES = ("retry_attempts", "retry_longest_wait_s")
FIELDS = (*_TIME_LIMITS, "ping_interval_s", *_RETRIES)
_DEFAULT_PING_S = 20.0


class TimesBox(QWidget):
    """How long things may take, and when something is done by itself."""

    def __init__(self, current: CurrentProfile) -> None:
        super().__init__()
        self._current = current
        self._spins: dict[str, QDoubleSpinBox] = {}
        self._problem = words("connectionTimesProblem", "problem")
        self._ping = QCheckBox("Keepalive ping every")
        self._ping.setObjectName("connectionPingCheck")
        self._ping.setAccessibleName("Send keepalive pings")
        self._ping.setToolTip("Off by default: pings of the inspector would change the case under study")
        self._ping.clicked.connect(
            lambda on: self._current.edit(ping_interval_s=self._spins["ping_interval_s"].value() if on else None)
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(section("Time limits"))
        layout.addLayout(self._times())
        layout.addWidget(section("Retries"))
        layout.addLayout(self._retry_rows())
        layout.addWidget(self._problem)

    def show_profile(self, profile: Profile) -> None:
        """Show the values of ``profile``."""
        for name, spin in self._spins.items():
            value = getattr(profile, name)
            if value is not None and spin.value() != value:
                spin.setValue(value)
        self._ping.setChecked(profile.ping_interval_s is not None)
        self._spins["ping_interval_s"].setEnabled(profile.ping_interval_s is not None)
        self._retry.setChecked(profile.retry)
        self._spins["retry_longest_wait_s"].setEnabled(profile.retry)
        self._retries.setEnabled(profile.retry)
        if self._retries.value() != profile.retry_attempts:
            self._retries.setValue(profile.retry_attempts)

    def show_problems(self, problems: Mapping[str, str]) -> None:
        """Say what is wrong."""
        self._problem.setText(" ".join(f"⚠ {problems[name]}" for name in FIELDS if name in problems))

    def widgets(self) -> dict[str, QWidget]:
        """The controls by field."""
        return {**self._spins, "retry_attempts": self._retries}

    def _times(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setSpacing(6)
        for index, (name, (label, accessible, tip)) in enumerate(_TIME_LIMITS.items()):
            text = QLabel(label)
            text.setProperty("role", "muted")
            row, column = divmod(index, 2)
            grid.addWidget(text, row, 2 * column)
            grid.addWidget(self._spin(name, accessible, tip), row, 2 * column + 1)
            text.setBuddy(self._spins[name])
        grid.addWidget(self._ping, 2, 0, 1, 3)
        spin = self._spin("ping_interval_s", "Time between keepalive pings", "Counted from the last ping")
        grid.addWidget(spin, 2, 3)
        self._spins["ping_interval_s"].setValue(_DEFAULT_PING_S)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(3, 1)
        return grid

    def _retry_rows(self) -> QGridLayout:
        self._retry = QCheckBox("Connect again by itself")
        self._retry.setObjectName("connectionRetryCheck")
        self._retry.setAccessibleName("Connect again by itself")
        self._retry.setToolTip(
            "Off by default: retries change the case under study. Where the code's advice says so, with growing waits "
            "and a fresh token; never after 1008 and never after your own close"
        )
        self._retry.clicked.connect(lambda checked: self._current.edit(retry=checked))
        self._retries = QSpinBox()
        self._retries.setObjectName("connectionRetryAttemptsSpin")
        self._retries.setAccessibleName("Retries in a row at most")
        self._retries.setToolTip("So many retries in a row at most")
        self._retries.setRange(1, MAX_RETRIES)
        self._retries.setMinimumWidth(66)
        self._retries.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._retries.valueChanged.connect(lambda value: self._current.edit(retry_attempts=value))
        wait = self._spin("retry_longest_wait_s", "Longest wait before a retry", "Waits double up to this, by chance")
        grid = QGridLayout()
        grid.setSpacing(6)
        grid.addWidget(self._retry, 0, 0, 1, 4)
        for column, (text, control) in enumerate((("Tries", self._retries), ("Wait", wait))):
            label = QLabel(text)
            label.setProperty("role", "muted")
            label.setBuddy(control)
            grid.addWidget(label, 1, 2 * column)
            grid.addWidget(control, 1, 2 * column + 1)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(3, 1)
        return grid

    def _spin(self, name: str, accessible: str, tip: str) -> QDoubleSpinBox:
        spin = QDoubleSpinBox()
        parts = name.removesuffix("_s").split("_")
        spin.setObjectName(f"connection{''.join(part.title() for part in parts)}Spin")
        spin.setAccessibleName(f"{accessible} in seconds")
        spin.setToolTip(tip)
        spin.setSuffix(" s")
        spin.setDecimals(1)
        spin.setRange(0.1, MAX_SECONDS)
        spin.setMinimumWidth(66)
        spin.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        spin.valueChanged.connect(partial(self._time_changed, name))
        self._spins[name] = spin
        return spin

    def _time_changed(self, name: str, value: float) -> None:
        # Also called when a profile is shown; then the value is the profile's own, and nothing is edited.
        if name == "ping_interval_s" and self._current.profile.ping_interval_s is None:
            return
        if round(getattr(self._current.profile, name), 1) != round(value, 1):
            self._current.edit(**{name: value})
