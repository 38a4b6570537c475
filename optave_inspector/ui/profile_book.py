"""All profiles of the user as they are edited: one book for all sessions of a window, saved after a short pause."""

from __future__ import annotations

import asyncio
import logging
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace
from PySide6.QtCore import QObject, QTimer, Signal

from ..errors import InspectorError
from ..profiles.defaults import INHERITABLE, Origin, inherit, origin, own, reset, unset
from ..profiles.presets import PRESETS, Preset
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


class ProfileBook(QObject):
    """Holds all profiles, half-typed ones included, and saves edits in the background, one after the other.

    There is always at least one profile. IDs are those of :class:`~..profiles.profile.Profile`; methods that take one
    raise KeyError for an ID that the book does not hold.
    """

    listChanged = Signal()
    """A profile came, went or has another name."""
    removed = Signal()
    """A profile was deleted; emitted before ``listChanged``, so that nobody is left with one that is gone."""
    replaced = Signal(str)
    """The profile of this ID was loaded anew: show all of its values. Empty for all of them."""
    secretsForgotten = Signal()
    """Every secret was forgotten."""
    edited = Signal(str)
    """A value of the profile of this ID changed by :meth:`edit`."""
    saveStateChanged = Signal(str)
    warned = Signal(str, str)
    """Kind and sentence for the message bar."""

    def __init__(
        self,
        store: ProfileStore,
        secrets: SecretStore,
        start: Callable[[Coroutine[Any, Any, Any], str], object],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.secrets = secrets
        self._store = store
        self._start = start
        self.for_all: dict[str, Any] = {}
        """What is set for all profiles, by field, as it was when it was last read."""
        first = self._first()
        self._profiles: dict[str, Profile] = {first.id: first}
        self._unsaved: dict[str, None] = {}
        self._states: dict[str, SaveState] = {}
        self._saving = asyncio.Lock()
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self.save_soon)

    def __contains__(self, profile_id: str) -> bool:
        return profile_id in self._profiles

    def __getitem__(self, profile_id: str) -> Profile:
        return self._profiles[profile_id]

    async def all_ids(self) -> set[str]:
        """The IDs of all profiles, those that only another window knows included."""
        return {*self._profiles, *await asyncio.to_thread(self._store.ids)}

    @property
    def first(self) -> str:
        """The ID of the first profile by name."""
        return self.names()[0][0]

    def names(self) -> list[tuple[str, str]]:
        """ID and label of each profile, by name."""
        shown = labels(self._profiles.values())
        return sorted(shown.items(), key=lambda pair: (pair[1].casefold(), pair[0]))

    def save_state(self, profile_id: str) -> SaveState:
        """Whether the profile is saved, and why not."""
        if profile_id in self._states:
            return self._states[profile_id]
        if profile_id in self._unsaved:
            return SaveState("unsaved changes")
        return SaveState("saved" if self._profiles[profile_id].stamp else "not saved yet")

    async def load(self) -> None:
        """Read the profiles of this user."""
        try:
            found = await asyncio.to_thread(self._store.list)
            self.for_all = await asyncio.to_thread(self._store.defaults)
        except InspectorError as error:
            self.warned.emit("error", str(error))
            return
        if found:
            self._profiles = {profile.id: profile for profile in found}
            self.removed.emit()
        else:
            self._inherit_again()
        self.listChanged.emit()
        self.replaced.emit("")
        for notice in self._store.notices:
            self.warned.emit("warning", notice)

    def edit(self, profile_id: str, **values: object) -> None:
        """Change values, which are the profile's own from now on. They are saved after a pause in typing."""
        before = self._profiles[profile_id]
        changed = replace(before, **values)
        for field in values.keys() & INHERITABLE:
            if getattr(before, field) != getattr(changed, field):
                changed = own(changed, field)
        self._change(profile_id, changed)

    def origin(self, profile_id: str, field: str) -> Origin:
        """Where the value of an inheritable field comes from."""
        return origin(self._profiles[profile_id], field, self.for_all)

    def reset(self, profile_id: str, field: str) -> None:
        """Give up the profile's own value for the one of all profiles, or the built-in one."""
        self._change(profile_id, reset(self._profiles[profile_id], field, self.for_all))
        self.replaced.emit(profile_id)

    async def set_for_all(self, profile_id: str, field: str) -> None:
        """Let the value of this profile hold for all that have none of their own, and let this one inherit it."""
        value = getattr(self._profiles[profile_id], field)
        if await self._change_defaults(self._store.set_default, field, value):
            self.reset(profile_id, field)

    async def clear_for_all(self, field: str) -> None:
        """Let the built-in value hold again for all profiles that have none of their own."""
        await self._change_defaults(self._store.remove_default, field)

    async def _change_defaults(self, change: Callable[..., None], *arguments: object) -> bool:
        try:
            await asyncio.to_thread(change, *arguments)
        except InspectorError as error:
            self.warned.emit("error", str(error))
            return False
        self.for_all = await asyncio.to_thread(self._store.defaults)
        self._inherit_again()
        self.replaced.emit("")
        return True

    def _inherit_again(self) -> None:
        # What a profile inherits is not in its file: nothing is to be saved.
        self._profiles = {each: inherit(profile, self.for_all) for each, profile in self._profiles.items()}

    def _change(self, profile_id: str, changed: Profile) -> None:
        if changed == self._profiles[profile_id]:
            return
        self._profiles[profile_id] = changed
        self._unsaved[profile_id] = None
        if not self.save_state(profile_id).conflict:
            self._states.pop(profile_id, None)
            self._pause.start()
        self.edited.emit(profile_id)
        self.saveStateChanged.emit(profile_id)

    def adopt_local(self, address: TenantAddress) -> str:
        """Let "Local tenant" point to where the tenant is now; its ID."""
        self._profiles[LOCAL_TENANT_ID] = local_tenant_profile(
            address.websocket_url,
            address.auth_url,
            address.client_id,
            ca_file=address.ca_file,
            saved=self._profiles.get(LOCAL_TENANT_ID),
        )
        self._unsaved[LOCAL_TENANT_ID] = None
        self._pause.start()
        self.listChanged.emit()
        self.replaced.emit(LOCAL_TENANT_ID)
        return LOCAL_TENANT_ID

    def save_soon(self) -> None:
        """Begin to save what waits, without waiting for the end of the pause."""
        if self._unsaved:
            self._start(self.save_now(), "save profiles")

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

    async def overwrite(self, profile_id: str) -> None:
        """Settle a conflict: what is on show replaces the file."""
        async with self._saving:
            await self._save(profile_id, overwrite=True)

    async def reload(self, profile_id: str) -> None:
        """Settle a conflict: the file replaces what is on show."""
        async with self._saving:
            try:
                self._profiles[profile_id] = await asyncio.to_thread(self._store.load, profile_id)
            except InspectorError as error:
                self._set_state(profile_id, SaveState("not saved", str(error), conflict=True))
                return
            self._unsaved.pop(profile_id, None)
            self._states.pop(profile_id, None)
        self.listChanged.emit()
        self.replaced.emit(profile_id)

    async def new(self, name: str, preset: Preset = PRESETS[0]) -> str:
        """Make a profile that begins as ``preset`` says; its ID, empty when it could not be made, which was told."""
        return await self.add(preset.profile(name))

    async def add(self, profile: Profile) -> str:
        """Take in a profile as a new one; its ID, empty when it could not be made, which was told."""
        return await self._added(self._store.add, profile)

    async def saved(self) -> list[Profile]:
        """All profiles by name, after edits were saved."""
        await self.save_now()
        return [self._profiles[profile_id] for profile_id, _ in self.names()]

    async def copy(self, profile_id: str, name: str) -> str:
        """Copy a profile, without its secret; the copy's ID, empty when it could not be made, which was told."""
        await self.save_now()
        if not self._profiles[profile_id].stamp:
            await self.overwrite(profile_id)
        return await self._added(self._store.copy, profile_id, name)

    async def rename(self, profile_id: str, name: str) -> None:
        """Give a profile another name; the former one stays when it cannot be saved."""
        former = self._profiles[profile_id].name
        self.edit(profile_id, name=name)
        await self.save_now()
        if self._states.get(profile_id, SaveState("")).trouble:
            trouble = self._states.pop(profile_id)
            self._profiles[profile_id] = replace(self._profiles[profile_id], name=former)
            if trouble.conflict:
                self._states[profile_id] = trouble
            else:
                self.warned.emit("error", trouble.trouble)
                self._pause.start()
        self.listChanged.emit()
        self.saveStateChanged.emit(profile_id)

    async def delete(self, profile_id: str) -> None:
        """Delete a profile and its secrets for good."""
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
                first = self._first()
                self._profiles[first.id] = first
        self.removed.emit()
        self.listChanged.emit()

    def _first(self) -> Profile:
        return inherit(unset(Profile(id=uuid.uuid4().hex, name=FIRST_NAME)), self.for_all)

    async def forget_secrets(self) -> None:
        """Forget every secret of this app, those of deleted profiles included; how many is told."""
        try:
            count = await self.secrets.forget_all(self._profiles)
        except InspectorError as error:
            self.warned.emit("error", str(error))
            return
        finally:
            self.secretsForgotten.emit()
        self.warned.emit("ok", "1 secret was forgotten." if count == 1 else f"{count:,} secrets were forgotten.")

    async def _added(self, make: Callable[..., Profile], *arguments: object) -> str:
        try:
            profile = await asyncio.to_thread(make, *arguments)
        except InspectorError as error:
            self.warned.emit("error", str(error))
            return ""
        self._profiles[profile.id] = profile
        self.listChanged.emit()
        return profile.id

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

    def _rescue(self, profile: Profile) -> None:
        name = self._store.free_name(f"{profile.name[:80]} (not saved)")
        try:
            self._store.save(replace(profile, id=uuid.uuid4().hex, name=name, stamp=""))
        except InspectorError as error:
            _log.warning("The edits of profile %s could not be saved: %s", profile.name, error)

    def _set_state(self, profile_id: str, state: SaveState | None) -> None:
        if state is None:
            self._states.pop(profile_id, None)
        else:
            self._states[profile_id] = state
        self.saveStateChanged.emit(profile_id)
