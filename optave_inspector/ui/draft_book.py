"""The drafts of all profiles as they are typed: one book for all sessions of a window, saved at once."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication

from ..errors import InspectorError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Coroutine

    from ..compose.draft_store import DraftStore
    from ..compose.drafts import Draft


class DraftBook(QObject):
    """Holds the drafts of each profile that was asked for, and saves what is put in, one after the other.

    Without a store it holds them in memory alone.
    """

    changed = Signal(str, str, object)
    """Profile, draft, and who put it; None for what was read from the disk. Closed ones are told as well."""
    copied = Signal(str, str, str)
    """Profile, former and new ID: the draft was changed elsewhere, so what was typed here goes on under the new one."""
    refreshing = Signal()
    """What is on the disk is about to be taken over: put in what is not put in yet."""
    warned = Signal(str, str)
    """Kind and sentence for the message bar."""

    def __init__(
        self,
        store: DraftStore | None = None,
        start: Callable[[Coroutine[Any, Any, Any], str], object] | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._store = store
        self._start = start
        self._drafts: dict[str, dict[str, Draft]] = {}
        self._unsaved: dict[tuple[str, str], None] = {}
        self._failed = ""
        self._saving = asyncio.Lock()
        application = QGuiApplication.instance()
        if store is not None and isinstance(application, QGuiApplication):
            application.applicationStateChanged.connect(self._on_application)

    def stop_listening(self) -> None:
        """Read no more by itself; before the loop ends."""
        self._start = None

    def drafts(self, profile_id: str) -> list[Draft]:
        """The open drafts of a profile, in their order."""
        return sorted(
            (draft for draft in self._of(profile_id).values() if not draft.closed), key=lambda one: (one.place, one.id)
        )

    def closed(self, profile_id: str) -> list[Draft]:
        """The closed drafts of a profile, the one closed last first."""
        found = [draft for draft in self._of(profile_id).values() if draft.closed]
        return sorted(found, key=lambda draft: draft.closed, reverse=True)

    def get(self, profile_id: str, draft_id: str) -> Draft | None:
        """One draft, open or closed."""
        return self._of(profile_id).get(draft_id)

    def put(self, profile_id: str, draft: Draft, by: object = None) -> None:
        """Take a draft as it is now, and save it."""
        known = self._of(profile_id)
        before = known.get(draft.id)
        now = replace(draft, stamp=before.stamp if before is not None else draft.stamp)
        if now == before:
            return
        known[draft.id] = now
        self._unsaved[(profile_id, draft.id)] = None
        self.changed.emit(profile_id, draft.id, by)
        if self._store is not None and self._start is not None:
            self._start(self.save_all(), "save drafts")

    async def save_all(self) -> None:
        """Save what is not saved yet."""
        store = self._store
        if store is None:
            return
        async with self._saving:
            left: dict[tuple[str, str], None] = {}
            while self._unsaved:
                profile_id, draft_id = place = next(iter(self._unsaved))
                del self._unsaved[place]
                draft = self._drafts[profile_id][draft_id]
                try:
                    saved = await asyncio.to_thread(store.save, profile_id, draft)
                    if draft.closed:
                        await asyncio.to_thread(store.tidy, profile_id)
                except InspectorError as error:
                    left[place] = None
                    if self._failed != str(error):  # once, not at each key
                        self._failed = str(error)
                        self.warned.emit("error", f"{error} It stays here while the window is open.")
                except BaseException:
                    left[place] = None
                    self._unsaved.update(left)
                    raise
                else:
                    self._failed = ""
                    self._on_saved(profile_id, draft, saved)
            self._unsaved.update(left)

    async def refresh(self) -> None:
        """Take over what other windows and processes changed, but for drafts that are changed here as well."""
        if self._store is None:
            return
        for profile_id in list(self._drafts):
            try:
                found, notices = await asyncio.to_thread(self._store.load, profile_id)
            except InspectorError as error:
                self.warned.emit("error", str(error))
                continue
            self.refreshing.emit()
            self._take(profile_id, found)
            for notice in notices:
                self.warned.emit("warning", notice)

    def adopt(self, profiles: Collection[str], into: str) -> None:
        """Give the drafts of profiles that are gone to the profile ``into``."""
        if self._store is None:
            return
        try:
            if self._store.adopt(profiles, into):
                self._take(into, self._store.load(into)[0])
        except InspectorError as error:
            self.warned.emit("error", str(error))

    # -- inside

    def _of(self, profile_id: str) -> dict[str, Draft]:
        if profile_id not in self._drafts:
            self._drafts[profile_id] = {}
            if self._store is not None:
                try:
                    found, notices = self._store.load(profile_id)
                except InspectorError as error:
                    found, notices = [], []
                    self.warned.emit("error", str(error))
                self._drafts[profile_id] = {draft.id: draft for draft in found}
                for notice in notices:
                    self.warned.emit("warning", notice)
        return self._drafts[profile_id]

    def _on_saved(self, profile_id: str, draft: Draft, saved: Draft) -> None:
        known = self._drafts[profile_id]
        now = known[draft.id]
        if saved.id == draft.id:
            known[draft.id] = replace(now, stamp=saved.stamp)
            return
        del known[draft.id]
        known[saved.id] = replace(now, id=saved.id, name=saved.name, stamp=saved.stamp)
        if self._unsaved.pop((profile_id, draft.id), "") is None:
            self._unsaved[(profile_id, saved.id)] = None
        self.copied.emit(profile_id, draft.id, saved.id)
        self.warned.emit(
            "warning",
            f"“{draft.title}” was changed in another window as well. What you typed goes on as “{saved.title}”.",
        )
        if self._start is not None:
            self._start(self.refresh(), "read drafts")

    def _take(self, profile_id: str, found: list[Draft]) -> None:
        known = self._of(profile_id)
        for draft in found:
            mine = known.get(draft.id)
            if (profile_id, draft.id) in self._unsaved or (mine is not None and mine.stamp == draft.stamp):
                continue
            known[draft.id] = draft
            self.changed.emit(profile_id, draft.id, None)

    def _on_application(self, state: Qt.ApplicationState) -> None:
        # Qt tells of it also before the loop runs and after it has ended.
        running = asyncio._get_running_loop() is not None
        if state is Qt.ApplicationState.ApplicationActive and self._start is not None and running:
            self._start(self.refresh(), "read drafts")
