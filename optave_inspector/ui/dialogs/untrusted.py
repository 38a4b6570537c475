"""A certificate that was not trusted: all that it says, and the decision to accept this one for now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QPlainTextEdit, QVBoxLayout

from ...client.certificate_words import chain_text
from ..theme import mono_font
from ..widgets.look import set_look

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from ...client.tls_words import UntrustedPeer

_WARNING = (
    "⚠ Accept it only if you know this certificate: compare the SHA-256 fingerprint with one that you got another way. "
    "Whoever holds its key reads the token and all messages. It counts for this certificate at this address, until "
    "this session is closed, and is never saved."
)


class UntrustedDialog(QDialog):
    """Shows who was not trusted, why, and the whole chain; connect to ``accepted``. It deletes itself when closed."""

    def __init__(self, peer: UntrustedPeer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("untrustedDialog")
        self.setWindowTitle(f"Certificate of {peer.address}")
        self.setAccessibleName("Certificate that is not trusted")
        reason = QLabel(f"✗ {peer.reason}")
        reason.setObjectName("untrustedReason")
        reason.setProperty("role", "problem")
        chain = QPlainTextEdit(chain_text(peer.certificates))
        chain.setObjectName("untrustedChain")
        chain.setAccessibleName("Certificates that the server showed")
        chain.setReadOnly(True)
        chain.setFont(mono_font())
        chain.setTabChangesFocus(True)
        warning = QLabel(_WARNING)
        warning.setObjectName("untrustedWarning")
        warning.setProperty("role", "warning")
        for label in (reason, warning):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        buttons = QDialogButtonBox()
        accept = buttons.addButton("Accept for this session, and connect", QDialogButtonBox.ButtonRole.AcceptRole)
        accept.setObjectName("untrustedAcceptButton")
        accept.setAccessibleName("Accept this certificate for this session, and connect")
        accept.setAutoDefault(False)
        set_look(accept, "kind", "danger")
        cancel = buttons.addButton("Do not connect", QDialogButtonBox.ButtonRole.RejectRole)
        cancel.setObjectName("untrustedCancelButton")
        cancel.setAccessibleName("Do not connect")
        cancel.setDefault(True)  # Return alone accepts nothing
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setSpacing(10)
        for widget in (reason, chain, warning, buttons):
            layout.addWidget(widget, 1 if widget is chain else 0)
        self.resize(760, 460)
        cancel.setFocus()
        self.finished.connect(self.deleteLater)
