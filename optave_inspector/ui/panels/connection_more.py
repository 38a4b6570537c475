"""The rarer settings of a connection, folded away until they are wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from ..widgets.form import Field
from .connection_network import FIELDS as NETWORK_FIELDS
from .connection_network import NetworkBox
from .connection_times import FIELDS as TIMES_FIELDS
from .connection_times import TimesBox
from .connection_tls import FIELDS as TLS_FIELDS
from .connection_tls import TlsBox

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ...profiles.profile import Profile
    from ..bridge import SessionBridge
    from ..current_profile import CurrentProfile

_FIELDS = ("tenant_id", *TIMES_FIELDS, *TLS_FIELDS, *NETWORK_FIELDS)


class MoreSection(QWidget):
    """Header tenant ID, time limits and retries, TLS, network."""

    def __init__(self, bridge: SessionBridge, current: CurrentProfile) -> None:
        super().__init__()
        self._toggle = QPushButton()
        self._toggle.setObjectName("connectionMoreButton")
        self._toggle.setAccessibleName("More settings")
        self._toggle.setToolTip("Tenant ID, time limits, keepalive, retries, TLS, proxy, headers, compression, limits")
        self._toggle.setCheckable(True)
        self._toggle.setProperty("fold", True)
        self._toggle.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._toggle.toggled.connect(self._toggled)
        tip = "Header tenantId of the envelopes; left out when empty"
        self._tenant = Field("Tenant ID", "connectionTenantIdEdit", "Tenant ID", tip=tip)
        self._tenant.edited.connect(lambda text: current.edit(tenant_id=text))
        self._times = TimesBox(current)
        self._tls = TlsBox(bridge, current)
        self._network = NetworkBox(bridge, current)
        self._boxes = (self._times, self._tls, self._network)
        self._inside = QWidget()
        inside = QVBoxLayout(self._inside)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(6)
        for widget in (self._tenant, *self._boxes):
            inside.addWidget(widget)
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
        for box in self._boxes:
            box.show_profile(profile)

    def show_problems(self, problems: Mapping[str, str]) -> None:
        """Mark the fields that are wrong, and unfold when one is."""
        self._tenant.set_problem(problems.get("tenant_id", ""))
        for box in self._boxes:
            box.show_problems(problems)
        if any(problems.get(field) for field in _FIELDS):
            self._toggle.setChecked(True)

    def keep_typed(self) -> None:
        """Hand over secrets that were typed and are not kept yet."""
        self._tls.keep_typed()
        self._network.keep_typed()

    def widget_of(self, field: str) -> QWidget | None:
        """The line to type in for the profile's ``field``."""
        found: dict[str, QWidget] = {"tenant_id": self._tenant.edit}
        for box in self._boxes:
            found |= box.widgets()
        return found.get(field)

    def _toggled(self, unfolded: bool) -> None:
        self._toggle.setText(f"{'▾' if unfolded else '▸'} More settings")
        self._inside.setVisible(unfolded)
