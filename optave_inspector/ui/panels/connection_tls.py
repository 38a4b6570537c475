"""TLS of a connection: whom to trust beside the system, what to show, under which name, which versions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from ...client.config import TlsVersion
from ...profiles.secrets import KEY_PASSPHRASE
from ..kept_secret import KeptSecret
from ..widgets.file_field import FileField
from ..widgets.form import Field, SecretField, section

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ...profiles.profile import Profile
    from ..bridge import SessionBridge
    from ..current_profile import CurrentProfile

FIELDS = ("ca_file", "client_certificate", "client_key", "server_name")
_LABEL_WIDTH = 78
_VERSIONS = {TlsVersion.TLS_1_2: "TLS 1.2 and newer", TlsVersion.TLS_1_3: "TLS 1.3 only"}
_PEM = ["Certificates (*.pem *.crt *.cer)"]


class TlsBox(QWidget):
    """Authorities, client certificate, server name, lowest version."""

    def __init__(self, bridge: SessionBridge, current: CurrentProfile) -> None:
        super().__init__()
        self._fields = {
            "ca_file": FileField(
                "CA file", "connectionCaFileEdit", "File with certificate authorities", _PEM, label_width=_LABEL_WIDTH,
                tip="PEM file with authorities to trust besides the system's",
            ),
            "client_certificate": FileField(
                "Certificate", "connectionClientCertificateEdit", "File with the client certificate",
                ["Certificates (*.pem *.crt *.cer *.p12 *.pfx)"], label_width=_LABEL_WIDTH,
                placeholder="for servers that ask for one",
                tip="Your own certificate: a PEM file, or PKCS#12 with its key. Shown only to servers that ask for one",
            ),
            "client_key": FileField(
                "Key", "connectionClientKeyEdit", "File with the private key", ["Keys (*.pem *.key)"],
                label_width=_LABEL_WIDTH, placeholder="if not in the same file",
                tip="PEM file with the private key of the certificate; empty where the certificate's file holds it",
            ),
            "server_name": Field(
                "Server name", "connectionServerNameEdit", "Server name for TLS", label_width=_LABEL_WIDTH,
                placeholder="the host of the URL",
                tip="Sent to the server (SNI) and looked for in its certificate, instead of the URL's host",
            ),
        }  # fmt: skip
        for name, field in self._fields.items():
            field.edited.connect(lambda text, name=name: current.edit(**{name: text.strip()}))
        passphrase = SecretField(
            "Passphrase", "connectionKeyPassphraseEdit", "Passphrase of the private key", label_width=_LABEL_WIDTH,
            tip="Opens the private key; kept in the desktop's keyring, never in a file",
        )  # fmt: skip
        self._passphrase = KeptSecret(passphrase, KEY_PASSPHRASE, bridge, current)
        self._version = QComboBox()
        self._version.setObjectName("connectionMinimumTlsCombo")
        self._version.setAccessibleName("Lowest TLS version")
        self._version.setToolTip("An older version is not agreed to; 1.0 and 1.1 are not spoken at all")
        for version, words_ in _VERSIONS.items():
            self._version.addItem(words_, version)
        self._version.activated.connect(
            lambda index: current.edit(minimum_tls=TlsVersion(self._version.itemData(index)))
        )
        label = QLabel("Version")
        label.setProperty("role", "muted")
        label.setMinimumWidth(_LABEL_WIDTH)
        label.setBuddy(self._version)
        line = QHBoxLayout()
        line.setSpacing(6)
        line.addWidget(label)
        line.addWidget(self._version, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(section("TLS"))
        for name, field in self._fields.items():
            layout.addWidget(field)
            if name == "client_key":
                layout.addWidget(passphrase)
        layout.addLayout(line)

    def show_profile(self, profile: Profile) -> None:
        """Show the values of ``profile``."""
        for name, field in self._fields.items():
            field.set_text(getattr(profile, name))
        has_certificate = bool(profile.client_certificate)
        self._fields["client_key"].setVisible(has_certificate or bool(profile.client_key))
        self._passphrase.show(wanted=has_certificate)
        self._version.setCurrentIndex(self._version.findData(profile.minimum_tls))

    def show_problems(self, problems: Mapping[str, str]) -> None:
        """Mark the fields that are wrong."""
        for name, field in self._fields.items():
            field.set_problem(problems.get(name, ""))

    def keep_typed(self) -> None:
        """Hand over a passphrase that is not kept yet."""
        self._passphrase.keep()

    def widgets(self) -> dict[str, QWidget]:
        """The controls by field."""
        return {name: field.edit for name, field in self._fields.items()}
