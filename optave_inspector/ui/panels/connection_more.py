"""The rarer settings of a connection, folded away until they are wanted."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QDoubleSpinBox,
    QFileDialog,
    QGridLayout,
    QLabel,
    QPushButton,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ...profiles.checks import MAX_RETRIES, MAX_SECONDS
from ..widgets.form import Field, section, words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ...profiles.profile import Profile
    from ..current_profile import CurrentProfile

_TIME_LIMITS = {
    "open_timeout_s": ("Open", "Time limit for connecting", "Name, TCP, TLS and upgrade together"),
    "close_timeout_s": ("Close", "Time limit for closing", "How long the other side's close frame is awaited"),
    "request_timeout_s": ("Answer", "Time limit for answers", "After which a request counts as timed out"),
    "token_timeout_s": ("Token", "Time limit for the token", "For one answer of the token endpoint"),
}
_RETRIES = ("retry_attempts", "retry_longest_wait_s")
_FIELDS = (*_TIME_LIMITS, "ping_interval_s", *_RETRIES, "tenant_id", "ca_file")
_DEFAULT_PING_S = 20.0


class MoreSection(QWidget):
    """Header tenant ID, time limits, encryption, keepalive, retries, compression, authorities."""

    def __init__(self, current: CurrentProfile) -> None:
        super().__init__()
        self._current = current
        self._toggle = QPushButton()
        self._toggle.setObjectName("connectionMoreButton")
        self._toggle.setAccessibleName("More settings")
        self._toggle.setToolTip("Tenant ID, time limits, keepalive, retries, compression, encryption, authorities")
        self._toggle.setCheckable(True)
        self._toggle.setProperty("fold", True)
        self._toggle.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._toggle.toggled.connect(self._toggled)
        self._inside = QWidget()
        self._spins: dict[str, QDoubleSpinBox] = {}
        self._build()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self._toggle)
        layout.addWidget(self._inside)
        self._toggled(False)

    def minimumSizeHint(self) -> QSize:
        """As wide folded as unfolded, so that unfolding does not move the panel's edge."""
        hint = super().minimumSizeHint()
        return QSize(max(hint.width(), self._inside.minimumSizeHint().width()), hint.height())

    def show_profile(self, profile: Profile) -> None:
        """Show the values of ``profile``."""
        self._tenant.set_text(profile.tenant_id)
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
        self._compression.setChecked(profile.compression)
        self._plaintext.setChecked(profile.allow_plaintext)
        self._warning.setText("⚠ Everybody in between can read tokens and messages." if profile.allow_plaintext else "")
        self._authorities.set_text(profile.ca_file)

    def show_problems(self, problems: Mapping[str, str]) -> None:
        """Mark the fields that are wrong, and unfold when one is."""
        self._tenant.set_problem(problems.get("tenant_id", ""))
        self._authorities.set_problem(problems.get("ca_file", ""))
        times = [problems[name] for name in (*_TIME_LIMITS, "ping_interval_s", *_RETRIES) if name in problems]
        self._times_problem.setText(" ".join(f"⚠ {sentence}" for sentence in times))
        if any(problems.get(field) for field in _FIELDS):
            self._toggle.setChecked(True)

    def widget_of(self, field: str) -> QWidget | None:
        """The line to type in for the profile's ``field``."""
        rows = {"tenant_id": self._tenant.edit, "ca_file": self._authorities.edit, **self._spins}
        rows["retry_attempts"] = self._retries
        return rows.get(field)

    def _build(self) -> None:
        tip = "Header tenantId of the envelopes; left out when empty"
        self._tenant = Field("Tenant ID", "connectionTenantIdEdit", "Tenant ID", tip=tip)
        self._tenant.edited.connect(lambda text: self._current.edit(tenant_id=text))
        self._times_problem = words("connectionTimesProblem", "problem")
        self._compression = self._check(
            "compression", "connectionCompressionCheck", "Offer compression", "Offers permessage-deflate (RFC 7692)"
        )
        self._plaintext = self._check(
            "allow_plaintext",
            "connectionAllowPlaintextCheck",
            "Allow ws:// to other hosts",
            "Unencrypted connections go to this machine only, unless this is on",
        )
        self._warning = words("connectionPlaintextWarning", "warning")
        self._ping = QCheckBox("Keepalive ping every")
        self._ping.setObjectName("connectionPingCheck")
        self._ping.setAccessibleName("Send keepalive pings")
        self._ping.setToolTip("Off by default: pings of the inspector would change the case under study")
        self._ping.clicked.connect(
            lambda on: self._current.edit(ping_interval_s=self._spins["ping_interval_s"].value() if on else None)
        )
        self._authorities = Field(
            "CA file", "connectionCaFileEdit", "File with certificate authorities",
            tip="PEM file with authorities to trust besides the system's",
        )  # fmt: skip
        self._authorities.edited.connect(lambda text: self._current.edit(ca_file=text))
        browse = QToolButton()
        browse.setText("…")
        browse.setObjectName("connectionBrowseCaFileButton")
        browse.setAccessibleName("Browse for the file with certificate authorities")
        browse.setToolTip("Choose a file")
        browse.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        browse.clicked.connect(self._browse)
        self._authorities.add(browse)
        layout = QVBoxLayout(self._inside)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self._tenant)
        layout.addWidget(section("Time limits"))
        layout.addLayout(self._times())
        layout.addWidget(section("Retries"))
        layout.addLayout(self._retry_rows())
        layout.addWidget(self._times_problem)
        layout.addWidget(self._compression)
        layout.addWidget(self._plaintext)
        layout.addWidget(self._warning)
        layout.addWidget(self._authorities)

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
        self._retry = self._check(
            "retry",
            "connectionRetryCheck",
            "Connect again by itself",
            "Off by default: retries change the case under study. Where the code's advice says so, with growing waits "
            "and a fresh token; never after 1008 and never after your own close",
        )
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

    def _check(self, name: str, object_name: str, text: str, tip: str) -> QCheckBox:
        check = QCheckBox(text)
        check.setObjectName(object_name)
        check.setAccessibleName(text)
        check.setToolTip(tip)
        check.clicked.connect(lambda checked: self._current.edit(**{name: checked}))
        return check

    def _toggled(self, unfolded: bool) -> None:
        self._toggle.setText(f"{'▾' if unfolded else '▸'} More settings")
        self._inside.setVisible(unfolded)

    def _browse(self) -> None:
        dialog = QFileDialog(self.window(), "File with certificate authorities", self._current.profile.ca_file)
        dialog.setObjectName("caFileDialog")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters(["Certificates (*.pem *.crt *.cer)", "All files (*)"])
        dialog.fileSelected.connect(self._chosen)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _chosen(self, path: str) -> None:
        self._authorities.set_text(path)
        self._current.edit(ca_file=path)
