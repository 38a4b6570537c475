"""The profile that one session connects with, out of the book of all profiles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from ..profiles.presets import PRESETS, Preset
from .profile_book import ProfileBook, SaveState

if TYPE_CHECKING:
    from ..profiles.profile import Profile
    from ..profiles.secrets import SecretStore
    from .tenant_control import TenantAddress

__all__ = ["CurrentProfile", "SaveState"]


class CurrentProfile(QObject):
    """Which profile of ``book`` this session uses. Sessions that use the same one see each other's edits."""

    listChanged = Signal()
    """A profile came, went or has another name."""
    chosen = Signal()
    """Another profile is current, or the current one has other values than this session gave it: show all of them."""
    edited = Signal()
    """A value of the current profile changed by :meth:`edit`."""
    saveStateChanged = Signal()
    """Of the current profile."""

    def __init__(self, book: ProfileBook, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.book = book
        self._chosen = book.first
        self._editing = False
        self._lost = False
        book.removed.connect(self._on_removed)
        book.listChanged.connect(self._on_list)
        book.replaced.connect(self._on_replaced)
        book.edited.connect(self._on_edited)
        book.saveStateChanged.connect(self._on_save_state)

    @property
    def secrets(self) -> SecretStore:
        """The secrets of all profiles."""
        return self.book.secrets

    @property
    def profile(self) -> Profile:
        """The chosen profile with all edits; also half-typed ones."""
        return self.book[self._chosen]

    @property
    def save_state(self) -> SaveState:
        """Of the chosen profile."""
        return self.book.save_state(self._chosen)

    @property
    def is_untouched(self) -> bool:
        """Whether the chosen profile is the empty one to begin with, and nothing was typed so far."""
        return self.save_state.words == "not saved yet"

    def names(self) -> list[tuple[str, str]]:
        """ID and label of each profile, by name."""
        return self.book.names()

    def choose(self, profile_id: str) -> None:
        """Make another profile the current one; edits of the former one are saved."""
        if profile_id == self._chosen or profile_id not in self.book:
            return
        self.book.save_soon()
        self._chosen = profile_id
        self._show()

    def edit(self, **values: object) -> None:
        """Change values of the current profile. They are saved after a pause in typing."""
        self._editing = True
        try:
            self.book.edit(self._chosen, **values)
        finally:
            self._editing = False

    def adopt_local(self, address: TenantAddress) -> None:
        """Make "Local tenant" the current profile, pointing to where the tenant is now."""
        self._chosen = self.book.adopt_local(address)
        self._show()

    async def overwrite(self) -> None:
        """Settle a conflict: what is on show replaces the file."""
        await self.book.overwrite(self._chosen)

    async def reload(self) -> None:
        """Settle a conflict: the file replaces what is on show."""
        await self.book.reload(self._chosen)

    async def new(self, name: str, preset: Preset = PRESETS[0]) -> None:
        """Make a profile that begins as ``preset`` says, and choose it."""
        self.choose(await self.book.new(name, preset))

    async def copy(self, name: str) -> None:
        """Copy the current profile, without its secret, and choose the copy."""
        self.choose(await self.book.copy(self._chosen, name))

    async def rename(self, name: str) -> None:
        """Give the current profile another name."""
        await self.book.rename(self._chosen, name)

    async def delete(self) -> None:
        """Delete the current profile and its secrets for good."""
        await self.book.delete(self._chosen)

    def _on_removed(self) -> None:
        if self._chosen not in self.book:
            self._chosen = self.book.first
            self._lost = True

    def _on_list(self) -> None:
        lost, self._lost = self._lost, False
        self.listChanged.emit()
        if lost:
            self._show()

    def _on_replaced(self, profile_id: str) -> None:
        if profile_id in ("", self._chosen):
            self._show()

    def _on_edited(self, profile_id: str) -> None:
        if profile_id == self._chosen:
            (self.edited if self._editing else self.chosen).emit()

    def _on_save_state(self, profile_id: str) -> None:
        if profile_id == self._chosen:
            self.saveStateChanged.emit()

    def _show(self) -> None:
        self.chosen.emit()
        self.saveStateChanged.emit()
