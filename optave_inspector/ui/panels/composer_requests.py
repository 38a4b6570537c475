"""What the composer does with named requests: save its draft as one, open others, offer templates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace
from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence

from ...compose.collection import put, request_of
from ..dialogs.request_details import FIRST_COLLECTION, Details, RequestDetailsDialog
from ..dialogs.requests_dialog import RequestsDialog

if TYPE_CHECKING:
    from collections.abc import Callable

    from ...compose.collection import Request
    from ...compose.drafts import Draft
    from ..request_library import RequestLibrary
    from .composer import ComposerPanel


class ComposerRequests(QObject):
    """Actions in the composer's menu, and the dialogs that they open."""

    def __init__(self, composer: ComposerPanel, library: RequestLibrary) -> None:
        super().__init__(composer)
        self._composer = composer
        self._library = library
        self.dialog = RequestsDialog(library, composer)
        self.dialog.openAsked.connect(self.open)
        library.changed.connect(composer.refresh_templates)
        library.failed.connect(lambda sentence: composer.tell("problem", sentence))
        composer.footer.menu.addSeparator()
        self._add("composerRequestsAction", "&Named requests…", "Ctrl+Shift+O", self.browse)
        self._add("composerSaveAction", "&Save as named request", "Ctrl+S", self.save)
        self._add("composerSaveAsAction", "Save &as another request…", "", self.ask_save)

    def browse(self) -> None:
        """Show all named requests."""
        self.dialog.show()
        self.dialog.raise_()
        self.dialog.activateWindow()

    def open(self, draft: Draft) -> None:
        """Open a named request as a draft; the open draft of it comes to the front instead."""
        origin = draft.more.get("request")
        for known in self._composer.drafts.open():
            if known.more.get("request") == origin and known.text == draft.text:
                self._composer.drafts.go_to(known.id)
                return
        difference = self._composer.drafts.add(draft)
        if difference:
            self._composer.tell("warning", difference)

    def save(self) -> None:
        """Save the draft in front as the request that it was opened from; where there is none, ask for a name."""
        draft = self._composer.drafts.front()
        origin = draft.more.get("request")
        if not isinstance(origin, dict) or not all(isinstance(each, str) for each in origin.values()):
            self.ask_save()
            return
        collection_id, request_id, stamp = (origin.get(key, "") for key in ("collection", "id", "stamp"))
        known = next((one for one in self._library.collections if one.id == collection_id), None)
        former = known.request(request_id) if known is not None else None
        if former is None:
            self.ask_save()
            return
        request = replace(
            request_of(draft, former.name), id=former.id, description=former.description, folder=former.folder,
            template=former.template,
        )  # fmt: skip
        self._put(collection_id, request, stamp)

    def ask_save(self) -> None:
        """Ask for name and place, and save the draft in front as a new request."""
        draft = self._composer.drafts.front()
        dialog = RequestDetailsDialog(
            "saveRequestDialog", "Save as named request", "Save", Details(draft.title), self._composer.window(),
            self._library.collections,
        )  # fmt: skip
        dialog.answered.connect(lambda details: self._save_new(self._composer.drafts.front(), details))
        dialog.open()

    def _save_new(self, draft: Draft, details: Details) -> None:
        request = request_of(
            draft, details.name, description=details.description, folder=details.folder, template=details.template
        )
        self._put(details.collection, request, "")

    def _put(self, collection_id: str, request: Request, stamp: str) -> None:
        store = self._library.store
        draft_id = self._composer.drafts.front().id

        def write() -> tuple[str, Request]:
            place = collection_id or store.new(FIRST_COLLECTION).id
            changed = store.change(place, lambda one: put(one, request, stamp))
            saved = changed.request(request.id)
            assert saved is not None
            return place, saved

        self._library.do(write, lambda saved: self._on_saved(draft_id, *saved))

    def _on_saved(self, draft_id: str, collection_id: str, saved: Request) -> None:
        origin = {"collection": collection_id, "id": saved.id, "stamp": saved.stamp}
        self._composer.drafts.settle(draft_id, saved.name, origin)
        self._composer.tell("muted", f"Saved as the request “{saved.path}”.")

    def _add(self, object_name: str, text: str, keys: str, slot: Callable[[], None]) -> QAction:
        action = self._composer.footer.add_action(object_name, text, slot)
        if keys:
            action.setShortcut(QKeySequence(keys))
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            self._composer.addAction(action)
        return action
