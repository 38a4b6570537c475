"""The way to the server: proxy, addresses, more headers, compression, limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLabel, QSpinBox, QVBoxLayout, QWidget

from ...client.config import SECRET_PLACEHOLDER, AddressFamily, ProxyKind
from ...profiles.network import LEAST_MESSAGE_BYTES, MOST_MESSAGE_BYTES
from ...profiles.secrets import HEADER_SECRET, PROXY_PASSWORD
from ..kept_secret import KeptSecret
from ..widgets.form import Field, SecretField, section, words
from ..widgets.headers_edit import HeadersEdit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ...profiles.profile import Profile
    from ..bridge import SessionBridge
    from ..current_profile import CurrentProfile

FIELDS = ("proxy_address", "proxy_user", "headers", "origin", "max_message_bytes")
_LABEL_WIDTH = 78
_PROXIES = {
    ProxyKind.SYSTEM: "As the system says",
    ProxyKind.NONE: "None: directly",
    ProxyKind.HTTP: "HTTP (CONNECT)",
    ProxyKind.SOCKS5: "SOCKS5",
}
_FAMILIES = {
    AddressFamily.BOTH: "IPv4 and IPv6",
    AddressFamily.IPV4: "IPv4 only",
    AddressFamily.IPV6: "IPv6 only",
}
_OWN = (ProxyKind.HTTP, ProxyKind.SOCKS5)


class NetworkBox(QWidget):
    """Everything between this machine and the server that is not TLS."""

    def __init__(self, bridge: SessionBridge, current: CurrentProfile) -> None:
        super().__init__()
        self._current = current
        self._proxy = _combo("connectionProxyCombo", "Proxy", _PROXIES)
        self._proxy.setToolTip(
            "For the WebSocket and the token endpoint alike. The system's: HTTPS_PROXY and the like, or the desktop's "
            "settings. This machine itself is always reached directly"
        )
        self._proxy.activated.connect(lambda index: current.edit(proxy_kind=ProxyKind(self._proxy.itemData(index))))
        self._address = Field(
            "Address", "connectionProxyAddressEdit", "Address of the proxy", label_width=_LABEL_WIDTH,
            placeholder="host:port", tip="Host and port of the proxy; it resolves the server's name itself",
        )  # fmt: skip
        self._address.edited.connect(lambda text: current.edit(proxy_address=text.strip()))
        self._user = Field(
            "User", "connectionProxyUserEdit", "User of the proxy", label_width=_LABEL_WIDTH,
            placeholder="if the proxy asks for one", tip="Left out when empty",
        )  # fmt: skip
        self._user.edited.connect(lambda text: current.edit(proxy_user=text))
        password = SecretField(
            "Password", "connectionProxyPasswordEdit", "Password of the proxy", label_width=_LABEL_WIDTH,
            tip="Kept in the desktop's keyring, never in a file",
        )  # fmt: skip
        self._password = KeptSecret(password, PROXY_PASSWORD, bridge, current)
        self._family = _combo("connectionAddressFamilyCombo", "Kind of addresses", _FAMILIES)
        self._family.setToolTip("Which addresses of a name are tried; with both, whichever answers first")
        self._family.activated.connect(
            lambda index: current.edit(address_family=AddressFamily(self._family.itemData(index)))
        )
        self._origin = Field(
            "Origin", "connectionOriginEdit", "Header Origin", label_width=_LABEL_WIDTH,
            placeholder="https://your-app.example",
            tip="As browsers send it; left out when empty, as by other clients",
        )  # fmt: skip
        self._origin.edited.connect(lambda text: current.edit(origin=text.strip()))
        self._headers = HeadersEdit(
            "connectionHeadersEdit", "More headers of the upgrade request",
            placeholder=f"X-Api-Key: {SECRET_PLACEHOLDER}",
            tip=f"Name: value. {SECRET_PLACEHOLDER} stands for the secret below, which no file holds.",
        )  # fmt: skip
        self._headers.edited.connect(self._headers_edited)
        secret = SecretField(
            "Secret", "connectionHeaderSecretEdit", "Secret of the headers", label_width=_LABEL_WIDTH,
            tip=f"Goes where {SECRET_PLACEHOLDER} stands in a header; kept in the keyring, never in a file",
        )  # fmt: skip
        self._secret = KeptSecret(secret, HEADER_SECRET, bridge, current)
        self._largest = QSpinBox()
        self._largest.setObjectName("connectionMaxMessageSpin")
        self._largest.setAccessibleName("Longest message in KiB")
        self._largest.setToolTip("A longer message, inflated, fails the connection with 1009")
        self._largest.setRange(LEAST_MESSAGE_BYTES >> 10, MOST_MESSAGE_BYTES >> 10)
        self._largest.setGroupSeparatorShown(True)
        self._largest.setSuffix(" KiB")
        self._largest.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._largest.valueChanged.connect(self._largest_changed)
        self._largest_problem = words("connectionMaxMessageProblem", "problem")
        self._compression = _check("connectionCompressionCheck", "Offer compression")
        self._compression.setToolTip("Offers permessage-deflate (RFC 7692)")
        self._compression.clicked.connect(lambda checked: current.edit(compression=checked))
        self._plaintext = _check("connectionAllowPlaintextCheck", "Allow ws:// to other hosts")
        self._plaintext.setToolTip("Unencrypted connections go to this machine only, unless this is on")
        self._plaintext.clicked.connect(lambda checked: current.edit(allow_plaintext=checked))
        self._warning = words("connectionPlaintextWarning", "warning")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(section("Network"))
        layout.addLayout(_line("Proxy", self._proxy))
        for widget in (self._address, self._user, password):
            layout.addWidget(widget)
        layout.addLayout(_line("Addresses", self._family))
        for widget in (self._origin, self._headers, secret):
            layout.addWidget(widget)
        layout.addLayout(_line("Max message", self._largest))
        for widget in (self._largest_problem, self._compression, self._plaintext, self._warning):
            layout.addWidget(widget)

    def show_profile(self, profile: Profile) -> None:
        """Show the values of ``profile``."""
        self._proxy.setCurrentIndex(self._proxy.findData(profile.proxy_kind))
        own = profile.proxy_kind in _OWN
        self._address.setVisible(own)
        self._user.setVisible(own)
        self._address.set_text(profile.proxy_address)
        self._user.set_text(profile.proxy_user)
        self._password.show(wanted=own and bool(profile.proxy_user))
        self._family.setCurrentIndex(self._family.findData(profile.address_family))
        self._origin.set_text(profile.origin)
        self._headers.set_headers(profile.headers)
        self._show_secret(profile)
        kib = profile.max_message_bytes >> 10
        if self._largest.value() != kib:
            self._largest.setValue(kib)
        self._compression.setChecked(profile.compression)
        self._plaintext.setChecked(profile.allow_plaintext)
        self._warning.setText("⚠ Everybody in between can read tokens and messages." if profile.allow_plaintext else "")

    def show_problems(self, problems: Mapping[str, str]) -> None:
        """Mark the fields that are wrong."""
        self._address.set_problem(problems.get("proxy_address", ""))
        self._user.set_problem(problems.get("proxy_user", ""))
        self._headers.set_problem(problems.get("headers", ""))
        self._origin.set_problem(problems.get("origin", ""))
        sentence = problems.get("max_message_bytes", "")
        self._largest_problem.setText(f"⚠ {sentence}" if sentence else "")

    def keep_typed(self) -> None:
        """Hand over secrets that are not kept yet."""
        self._password.keep()
        self._secret.keep()

    def widgets(self) -> dict[str, QWidget]:
        """The controls by field."""
        return {
            "proxy_address": self._address.edit,
            "proxy_user": self._user.edit,
            "headers": self._headers.edit,
            "origin": self._origin.edit,
            "max_message_bytes": self._largest,
        }

    def _headers_edited(self, headers: dict[str, str]) -> None:
        self._current.edit(headers=headers)
        self._show_secret(self._current.profile)

    def _show_secret(self, profile: Profile) -> None:
        self._secret.show(wanted=any(SECRET_PLACEHOLDER in value for value in profile.headers.values()))

    def _largest_changed(self, kib: int) -> None:
        # Also called when a profile is shown; then the value is the profile's own, and nothing is edited.
        if self._current.profile.max_message_bytes >> 10 != kib:
            self._current.edit(max_message_bytes=kib << 10)


def _combo(object_name: str, accessible_name: str, choices: Mapping[str, str]) -> QComboBox:
    combo = QComboBox()
    combo.setObjectName(object_name)
    combo.setAccessibleName(accessible_name)
    for value, text in choices.items():
        combo.addItem(text, value)
    return combo


def _check(object_name: str, text: str) -> QCheckBox:
    check = QCheckBox(text)
    check.setObjectName(object_name)
    check.setAccessibleName(text)
    return check


def _line(text: str, control: QWidget) -> QHBoxLayout:
    label = QLabel(text)
    label.setProperty("role", "muted")
    label.setMinimumWidth(_LABEL_WIDTH)
    label.setBuddy(control)
    line = QHBoxLayout()
    line.setSpacing(6)
    line.addWidget(label)
    line.addWidget(control, 1)
    return line
