"""The user's named requests as the window knows them: read once, and again whenever something may have changed."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication

from ..compose.templates import Template, templates
from ..errors import InspectorError

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from ..compose.collection import Collection, Request
    from ..compose.collection_store import CollectionStore
    from ..protocol.actions import Action

_MARK = "★ "


class RequestLibrary(QObject):
    """Does what is asked in threads, one after the other, and tells of each outcome."""

    changed = Signal()
    """``collections`` are other than before."""
    failed = Signal(str)
    """Why something could not be done."""
    warned = Signal(str, str)
    """Kind and sentence for the message bar."""

    def __init__(
        self,
        store: CollectionStore,
        start: Callable[[Coroutine[Any, Any, Any], str], object],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.store = store
        self.collections: list[Collection] = []
        self._start: Callable[[Coroutine[Any, Any, Any], str], object] | None = start
        self._turn = asyncio.Lock()
        application = QGuiApplication.instance()
        if isinstance(application, QGuiApplication):
            application.applicationStateChanged.connect(self._on_application)

    def stop_listening(self) -> None:
        """Do no more; before the loop ends."""
        self._start = None

    async def load(self) -> None:
        """Read what there is."""
        try:
            async with self._turn:
                found, notices = await asyncio.to_thread(self.store.load)
        except InspectorError as error:
            self.warned.emit("warning", str(error))
            return
        for notice in notices:
            self.warned.emit("warning", notice)
        if found != self.collections:
            self.collections = found
            self.changed.emit()

    def do(self, work: Callable[[], object], done: Callable[[Any], object] | None = None) -> None:
        """Run ``work`` in a thread and read anew; ``done`` gets what it gave."""
        if self._start is not None:
            self._start(self._do(work, done), "change the requests")

    def templates(self, action: Action) -> list[Template]:
        """The shipped templates of an action, and then the user's own."""
        found = templates(action)
        names = {each.name for each in found}
        for collection, request in self.requests():
            if request.template and request.action == action.value and not request.whole:
                name = f"{_MARK}{request.path}"
                name = name if name not in names else f"{name} · {collection.name} {request.id[:4]}"
                names.add(name)
                words = request.description or f"Your own, from the collection {collection.name}."
                found.append(Template(name, action, request.text, words))
        return found

    def requests(self) -> list[tuple[Collection, Request]]:
        """All requests, by collection, folder and name."""
        return [
            (collection, request)
            for collection in self.collections
            for request in sorted(collection.requests, key=lambda one: one.path.casefold())
        ]

    async def _do(self, work: Callable[[], object], done: Callable[[Any], object] | None) -> None:
        try:
            async with self._turn:
                result = await asyncio.to_thread(work)
        except InspectorError as error:
            await self.load()
            self.failed.emit(str(error))
            return
        await self.load()
        if done is not None:
            done(result)

    def _on_application(self, state: Qt.ApplicationState) -> None:
        if state is Qt.ApplicationState.ApplicationActive and self._start is not None:
            self._start(self.load(), "read the requests")
