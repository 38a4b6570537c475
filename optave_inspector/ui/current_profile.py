"""The profile that this session connects with, as it is edited: what is typed is saved after a short pause."""

from __future__ import annotations

import asyncio
import logging
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace
from PySide6.QtCore import QObject, QTimer, Signal

from ..errors import InspectorError
from ..profiles.profile import LOCAL_TENANT_ID, Profile, local_tenant_profile
from ..profiles.store import ProfileChanged, labels

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from ..profiles.secrets import SecretStore
    from ..profiles.store import ProfileStore
    from .tenant_control import TenantAddress

_log = logging.getLogger(__name__)
_PAUSE_MS = 600
FIRST_NAME = "My tenant"


@dataclass(frozen=True, slots=True)
class SaveState:
    """Whether what one sees is what the disk holds."""

    words: str
    """For the panel's heading: ``saved``, ``unsaved changes``, ``not saved``."""
    trouble: str = ""
    """Why it is not saved, in words; empty while all is well."""
    conflict: bool = False
    """The file was changed by others: load it again or overwrite it."""


class CurrentProfile(QObject):
    """Holds all profiles of the user, which one is chosen, and saves edits in the background, one after the other."""

    listChanged = Signal()
    """A profile came, went or has another name."""
    chosen = Signal()
    """Another profile is current, or the current one was loaded anew: show all of its values."""
    edited = Signal()
    """A value of the current profile changed by :meth:`edit`."""
    saveStateChanged = Signal()
    warned = Signal(str, str)
    """Kind and sentence for the message bar."""

    def __init__(
        self,
        store: ProfileStore,
        secrets: SecretStore,
        start: Callable[[Coroutine[Any, Any, Any], str], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.secrets = secrets
        self._store = store
        self._start = start
        first = Profile(id=uuid.uuid4().hex, name=FIRST_NAME)
        self._profiles: dict[str, Profile] = {first.id: first}
        self._chosen = first.id
        self._unsaved: dict[str, None] = {}
        self._states: dict[str, SaveState] = {}
        self._saving = asyncio.Lock()
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(lambda: self._start(self.save_now(), "save profiles"))

    @property
    def profile(self) -> Profile:
        """The chosen profile with all edits; also half-typed ones."""
        return self._profiles[self._chosen]

    @property
    def save_state(self) -> SaveState:
        """Of the chosen profile."""
        if self._chosen in self._states:
            return self._states[self._chosen]
        if self._chosen in self._unsaved:
            return SaveState("unsaved changes")
        return SaveState("saved" if self.profile.stamp else "not saved yet")

    @property
    def is_untouched(self) -> bool:
        """Whether the chosen profile is the empty one to begin with, and nothing was typed so far."""
        return not self.profile.stamp and self._chosen not in self._unsaved

    def names(self) -> list[tuple[str, str]]:
        """ID and label of each profile, by name."""
        shown = labels(self._profiles.values())
        return sorted(shown.items(), key=lambda pair: (pair[1].casefold(), pair[0]))

    async def load(self, chosen: str = "") -> None:
        """Read the profiles of this user; ``chosen`` is the ID of the one to begin with, where it exists."""
        try:
            found = await asyncio.to_thread(self._store.list)
        except InspectorError as error:
            self.warned.emit("error", str(error))
            return
        if found:
            self._profiles = {profile.id: profile for profile in found}
            self._chosen = chosen if chosen in self._profiles else found[0].id
        self.listChanged.emit()
        self._show()
        for notice in self._store.notices:
            self.warned.emit("warning", notice)

    def choose(self, profile_id: str) -> None:
        """Make another profile the current one; edits of the former one are saved."""
        if profile_id == self._chosen or profile_id not in self._profiles:
            return
        if self._pause.isActive():
            self._pause.stop()
            self._start(self.save_now(), "save profiles")
        self._chosen = profile_id
        self._show()

    def edit(self, **values: object) -> None:
        """Change values of the current profile. They are saved after a pause in typing."""
        changed = replace(self.profile, **values)
        if changed == self.profile:
            return
        self._profiles[self._chosen] = changed
        self._unsaved[self._chosen] = None
        if not self.save_state.conflict:
            self._states.pop(self._chosen, None)
            self._pause.start()
        self.edited.emit()
        self.saveStateChanged.emit()

    def adopt_local(self, address: TenantAddress) -> None:
        """Make "Local tenant" the current profile, pointing to where the tenant is now."""
        local = local_tenant_profile(
            address.websocket_url,
            address.auth_url,
            address.client_id,
            ca_file=address.ca_file,
            saved=self._profiles.get(LOCAL_TENANT_ID),
        )
        self._profiles[LOCAL_TENANT_ID] = local
        self._unsaved[LOCAL_TENANT_ID] = None
        self._chosen = LOCAL_TENANT_ID
        self._pause.start()
        self.listChanged.emit()
        self._show()

    async def save_now(self) -> None:
        """Save all edits that were not saved, except where the user has to settle a conflict first."""
        self._pause.stop()
        async with self._saving:
            for profile_id in list(self._unsaved):
                if not self._states.get(profile_id, SaveState("")).conflict:
                    await self._save(profile_id, overwrite=False)

    async def save_all(self) -> None:
        """Save every edit before the app ends; what is in conflict with its file becomes a copy beside it."""
        await self.save_now()
        async with self._saving:
            for profile_id in [each for each in self._unsaved if self._states.get(each, SaveState("")).conflict]:
                await asyncio.to_thread(self._rescue, self._profiles[profile_id])

    def _rescue(self, profile: Profile) -> None:
        name = self._store.free_name(f"{profile.name[:80]} (not saved)")
        try:
            self._store.save(replace(profile, id=uuid.uuid4().hex, name=name, stamp=""))
        except InspectorError as error:
            _log.warning("The edits of profile %s could not be saved: %s", profile.name, error)

    async def overwrite(self) -> None:
        """Settle a conflict: what is on show replaces the file."""
        async with self._saving:
            await self._save(self._chosen, overwrite=True)

    async def reload(self) -> None:
        """Settle a conflict: the file replaces what is on show."""
        profile_id = self._chosen
        async with self._saving:
            try:
                self._profiles[profile_id] = await asyncio.to_thread(self._store.load, profile_id)
            except InspectorError as error:
                self._set_state(profile_id, SaveState("not saved", str(error), conflict=True))
                return
            self._unsaved.pop(profile_id, None)
            self._states.pop(profile_id, None)
        self.listChanged.emit()
        self._show()

    async def new(self, name: str) -> None:
        """Make a profile with the documented defaults and choose it."""
        await self._added(self._store.new, name)

    async def copy(self, name: str) -> None:
        """Copy the current profile, without its secret, and choose the copy."""
        await self.save_now()
        if not self.profile.stamp:
            await self.overwrite()
        await self._added(self._store.copy, self._chosen, name)

    async def rename(self, name: str) -> None:
        """Give the current profile another name."""
        profile_id, former = self._chosen, self.profile.name
        self.edit(name=name)
        await self.save_now()
        if self._states.get(profile_id, SaveState("")).trouble and self.profile.id == profile_id:
            trouble = self._states.pop(profile_id)
            self._profiles[profile_id] = replace(self._profiles[profile_id], name=former)
            if trouble.conflict:
                self._states[profile_id] = trouble
            else:
                self.warned.emit("error", trouble.trouble)
                self._pause.start()
        self.listChanged.emit()
        self.saveStateChanged.emit()

    async def delete(self) -> None:
        """Delete the current profile and its secrets for good."""
        profile_id = self._chosen
        async with self._saving:
            try:
                await asyncio.to_thread(self._store.delete, profile_id)
            except InspectorError as error:
                self.warned.emit("error", str(error))
                return
            try:
                await self.secrets.forget_profile(profile_id)
            except InspectorError as error:
                self.warned.emit("warning", str(error))
            del self._profiles[profile_id]
            self._unsaved.pop(profile_id, None)
            self._states.pop(profile_id, None)
            if not self._profiles:
                first = Profile(id=uuid.uuid4().hex, name=FIRST_NAME)
                self._profiles[first.id] = first
            self._chosen = self.names()[0][0]
        self.listChanged.emit()
        self._show()

    async def _added(self, make: Callable[..., Profile], *arguments: str) -> None:
        try:
            profile = await asyncio.to_thread(make, *arguments)
        except InspectorError as error:
            self.warned.emit("error", str(error))
            return
        self._profiles[profile.id] = profile
        self.listChanged.emit()
        self.choose(profile.id)

    async def _save(self, profile_id: str, *, overwrite: bool) -> None:
        before = self._profiles[profile_id]
        try:
            # Each run has a local tenant of its own: the newest address is the one that counts.
            overwrite = overwrite or profile_id == LOCAL_TENANT_ID
            saved = await asyncio.to_thread(self._store.save, before, overwrite=overwrite)
        except ProfileChanged as error:
            self._set_state(profile_id, SaveState("not saved", str(error), conflict=True))
            return
        except InspectorError as error:
            self._set_state(profile_id, SaveState("not saved", str(error)))
            return
        # More may have been typed while the file was written.
        now = self._profiles[profile_id]
        self._profiles[profile_id] = replace(now, stamp=saved.stamp)
        if now == before:
            self._unsaved.pop(profile_id, None)
        else:
            self._pause.start()
        self._set_state(profile_id, None)

    def _set_state(self, profile_id: str, state: SaveState | None) -> None:
        if state is None:
            self._states.pop(profile_id, None)
        else:
            self._states[profile_id] = state
        if profile_id == self._chosen:
            self.saveStateChanged.emit()

    def _show(self) -> None:
        self.chosen.emit()
        self.saveStateChanged.emit()
