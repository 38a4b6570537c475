"""How the token travels: three ways, and why not the second."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QButtonGroup, QRadioButton, QVBoxLayout, QWidget

from ...client.config import AuthTransport
from ..widgets.form import section, words

if TYPE_CHECKING:
    from ...profiles.profile import Profile
    from ..current_profile import CurrentProfile

_CHOICES = {
    AuthTransport.SUBPROTOCOL: ("Subprotocol", "optave-v1, ••••: Optave's default; stays out of access logs"),
    AuthTransport.QUERY: ("Query", "?Authorization=••••: for debugging and legacy servers"),
    AuthTransport.NONE: ("None", "No token is sent; optave-v1 is still offered"),
}
_WARNING = "⚠ Access logs and proxies keep the token."


class AuthSection(QWidget):
    """Radio buttons for the auth transport."""

    def __init__(self, current: CurrentProfile) -> None:
        super().__init__()
        self._group = QButtonGroup(self)
        self._buttons: dict[AuthTransport, QRadioButton] = {}
        self._warning = words("connectionQueryWarning", "warning")
        self._warning.setContentsMargins(22, 0, 0, 0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(section("Auth transport"))
        for transport, (name, tip) in _CHOICES.items():
            button = QRadioButton(name)
            button.setObjectName(f"connectionAuth{name}Radio")
            button.setAccessibleName(f"Auth transport: {name.lower()}")
            button.setAccessibleDescription(tip)
            button.setToolTip(tip)
            button.clicked.connect(partial(self._clicked, current, transport))
            self._group.addButton(button)
            self._buttons[transport] = button
            layout.addWidget(button)
            if transport is AuthTransport.QUERY:
                layout.addWidget(self._warning)
        self._warning.setText(_WARNING)
        self._buttons[AuthTransport.SUBPROTOCOL].setText("Subprotocol   optave-v1, ••••")
        self._buttons[AuthTransport.QUERY].setText("Query   ?Authorization=••••")
        self._buttons[AuthTransport.NONE].setText("None   no token is sent")

    def show_profile(self, profile: Profile) -> None:
        """Show the choice of ``profile``."""
        self._buttons[profile.auth_transport].setChecked(True)

    @staticmethod
    def _clicked(current: CurrentProfile, transport: AuthTransport) -> None:
        current.edit(auth_transport=transport)
