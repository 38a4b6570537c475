"""A secret of the current profile as it is typed: kept in the keyring after a pause, and shown again from there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

if TYPE_CHECKING:
    from .bridge import SessionBridge
    from .current_profile import CurrentProfile
    from .widgets.form import SecretField

_PAUSE_MS = 800


class KeptSecret(QObject):
    """Joins a field and one secret of whichever profile is current."""

    def __init__(self, field: SecretField, name: str, bridge: SessionBridge, current: CurrentProfile) -> None:
        super().__init__(field)
        self._field = field
        self._name = name
        self._bridge = bridge
        self._current = current
        self._profile_id = ""
        self._typed: str | None = None
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self.keep)
        field.edited.connect(self._edited)
        field.edit.editingFinished.connect(self.keep)
        current.book.secretsForgotten.connect(self._forget)

    def show(self, *, wanted: bool) -> None:
        """Show the field where the profile has a use for the secret; the keyring is asked for it only then."""
        self._field.setVisible(wanted)
        profile_id = self._current.profile.id
        if profile_id != self._profile_id:
            self.keep()
            self._profile_id = ""
            self._field.edit.clear()
            self._field.hide_text()
        if wanted and not self._profile_id:
            self._profile_id = profile_id
            self._bridge.start(self._load(profile_id), f"load {self._name}")

    def keep(self) -> None:
        """Hand over what was typed and is not kept yet."""
        self._pause.stop()
        if self._typed is None:
            return
        secret, self._typed = self._typed, None
        self._bridge.start(self._current.secrets.set(self._profile_id, self._name, secret), f"keep {self._name}")

    def _edited(self, text: str) -> None:
        self._typed = text
        self._pause.start()

    def _forget(self) -> None:
        self._pause.stop()
        self._typed = None
        self._field.set_text("")

    async def _load(self, profile_id: str) -> None:
        secret = await self._current.secrets.get(profile_id, self._name)
        if secret and profile_id == self._profile_id and self._typed is None and not self._field.edit.text():
            self._field.set_text(secret)
