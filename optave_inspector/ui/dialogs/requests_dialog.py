"""The user's named requests: to be browsed, searched, opened, and kept in order."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QGridLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSplitter,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ...capture.redaction import Redactor
from ...compose.collection import (
    draft_of,
    matches,
    move_folder,
    put,
    renamed,
    with_folder,
    without,
    without_folder,
)
from ..widgets.json_editor import JsonEditor
from ..widgets.look import set_look
from .question import ConfirmDialog, TextQuestion
from .request_details import Details, RequestDetailsDialog

if TYPE_CHECKING:
    from ...compose.collection import Collection, Request
    from ..request_library import RequestLibrary

_PLACE = Qt.ItemDataRole.UserRole
_FILES = "Collections of requests (*.json)"
_EMPTY = "No requests yet. Save a draft from the composer (Ctrl+S), or import a collection."


class RequestsDialog(QDialog):
    """A tree of collections, folders and requests with a search above, and the chosen request beside it."""

    openAsked = Signal(object)
    """Open this :class:`~....compose.drafts.Draft`."""

    def __init__(self, library: RequestLibrary, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("requestsDialog")
        self.setWindowTitle("Named requests")
        self.setAccessibleName("Named requests")
        self._library = library
        self._build()
        library.changed.connect(self._show)
        library.failed.connect(lambda sentence: self._say("problem", sentence))
        self._show()

    def showEvent(self, event) -> None:
        """Begin with the search."""
        super().showEvent(event)
        self._search.setFocus()

    # -- inside

    def _build(self) -> None:
        self._search = QLineEdit()
        self._search.setObjectName("requestsSearchEdit")
        self._search.setAccessibleName("Search the requests")
        self._search.setPlaceholderText("Search: words of the name, folder, description, action or text")
        self._search.setClearButtonEnabled(True)
        self._search.textChanged.connect(lambda _text: self._show())
        self._tree = QTreeWidget()
        self._tree.setObjectName("requestsTree")
        self._tree.setAccessibleName("Collections, folders and requests")
        self._tree.setHeaderHidden(True)
        self._tree.setMinimumWidth(260)
        self._tree.currentItemChanged.connect(lambda _now, _before: self._on_item())
        self._tree.itemActivated.connect(lambda _item: self._open())
        self._about = QLabel()
        self._about.setObjectName("requestsAbout")
        self._about.setTextFormat(Qt.TextFormat.PlainText)
        self._about.setWordWrap(True)
        self._text = JsonEditor("requestsText")
        self._text.setAccessibleName("Text of the chosen request")
        self._text.setReadOnly(True)
        side = QWidget()
        column = QVBoxLayout(side)
        column.setContentsMargins(6, 0, 0, 0)
        column.addWidget(self._about)
        column.addWidget(self._text, 1)
        split = QSplitter()
        split.setObjectName("requestsSplitter")
        split.setChildrenCollapsible(False)
        split.addWidget(self._tree)
        split.addWidget(side)
        split.setSizes([320, 520])
        self._note = QLabel()
        self._note.setObjectName("requestsNote")
        self._note.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        layout.addWidget(self._search)
        layout.addWidget(split, 1)
        layout.addWidget(self._note)
        layout.addLayout(self._buttons())
        self.resize(880, 600)
        for keys, slot in (("F2", self._ask_edit), ("Delete", self._ask_delete)):
            QShortcut(QKeySequence(keys), self._tree, slot, context=Qt.ShortcutContext.WidgetShortcut)

    def _buttons(self) -> QGridLayout:
        grid = QGridLayout()
        self._needs: list[tuple[QPushButton, tuple[str, ...]]] = []
        for place, (name, text, tip, slot, needs) in enumerate(
            (
                ("NewCollection", "New collection…", "Make an empty collection", self._ask_collection, ()),
                ("NewFolder", "New folder…", "Make a folder in the chosen place", self._ask_folder, _ANY),
                ("Edit", "Edit…", "Name, place and description of what is chosen (F2)", self._ask_edit, _ANY),
                ("Delete", "Delete…", "Delete what is chosen, after a question (Delete)", self._ask_delete, _ANY),
                ("Import", "Import…", "Take in a collection from a file, as a new one", self._ask_import, ()),
                ("Export", "Export…", "Write the chosen collection into a file", self._ask_export, _ANY),
                ("Open", "Open as draft", "Open the chosen request in the composer (Enter)", self._open, ("request",)),
            )
        ):
            button = QPushButton(text)
            button.setObjectName(f"requests{name}Button")
            button.setAccessibleName(text)
            button.setToolTip(tip)
            button.setAutoDefault(False)
            button.clicked.connect(lambda _checked=False, slot=slot: slot())
            self._needs.append((button, needs))
            grid.addWidget(button, place // 6, place % 6)
        close = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close.button(QDialogButtonBox.StandardButton.Close).setObjectName("requestsCloseButton")
        close.button(QDialogButtonBox.StandardButton.Close).setAutoDefault(False)
        close.rejected.connect(self.close)
        grid.addWidget(close, 1, 6)
        grid.setColumnStretch(6, 1)
        set_look(self._needs[-1][0], "kind", "primary")
        return grid

    def _show(self) -> None:
        """Show what the search leaves; the chosen row stays chosen."""
        chosen = self._chosen()
        words = self._search.text()
        self._tree.blockSignals(True)
        self._tree.clear()
        shown = 0
        for collection in self._library.collections:
            top = _item(self._tree, collection.name, ("collection", collection.id, ""))
            folders: dict[str, QTreeWidgetItem] = {"": top}
            for folder in collection.all_folders():
                outer, _, name = folder.rpartition("/")
                folders[folder] = _item(folders[outer], f"{name}/", ("folder", collection.id, folder))
            for request in sorted(collection.requests, key=lambda one: one.name.casefold()):
                if matches(request, words):
                    shown += 1
                    mark = "★ " if request.template else ""
                    item = _item(
                        folders[request.folder], f"{mark}{request.name}", ("request", collection.id, request.id)
                    )
                    item.setToolTip(0, request.description or request.path)
            if words.strip():
                _prune(top)
        self._tree.expandAll()
        self._choose(chosen)
        self._tree.blockSignals(False)
        count = sum(len(collection.requests) for collection in self._library.collections)
        found = f"{shown:,} of {count:,} requests" if words.strip() else f"{count:,} requests"
        self._say(
            "muted", f"{found}, kept in {self._library.store.folder}. ★ is offered as a template." if count else _EMPTY
        )
        self._on_item()

    def _choose(self, place: tuple[str, str, str]) -> None:
        items = self._tree.findItems("", Qt.MatchFlag.MatchContains | Qt.MatchFlag.MatchRecursive)
        places = [tuple(item.data(0, _PLACE)) for item in items]
        if place in places:
            self._tree.setCurrentItem(items[places.index(place)])
        elif items:
            first = next((each for each, at in zip(items, places, strict=True) if at[0] == "request"), items[0])
            self._tree.setCurrentItem(first)

    def _chosen(self) -> tuple[str, str, str]:
        item = self._tree.currentItem()
        return tuple(item.data(0, _PLACE)) if item is not None else ("", "", "")

    def _collection(self) -> Collection | None:
        chosen = self._chosen()[1]
        return next((one for one in self._library.collections if one.id == chosen), None)

    def _request(self) -> Request | None:
        kind, _, request_id = self._chosen()
        collection = self._collection()
        return collection.request(request_id) if collection is not None and kind == "request" else None

    def _on_item(self) -> None:
        kind = self._chosen()[0]
        for button, needs in self._needs:
            button.setEnabled(not needs or kind in needs)
        request, collection = self._request(), self._collection()
        if request is not None and collection is not None:
            what = "whole message" if request.whole else request.action
            self._about.setText(f"{collection.name}/{request.path} · {what}\n{request.description}".strip())
        else:
            self._about.setText(
                f"{collection.name}\n{collection.description}".strip() if collection is not None else ""
            )
        self._text.set_text(request.text if request is not None else "")

    def _open(self) -> None:
        request, collection = self._request(), self._collection()
        if request is not None and collection is not None:
            self.openAsked.emit(draft_of(request, collection.id))

    def _ask_collection(self) -> None:
        dialog = RequestDetailsDialog("newCollectionDialog", "New collection", "Make", Details(""), self)
        dialog.answered.connect(self._make_collection)
        dialog.open()

    def _make_collection(self, details: Details) -> None:
        store = self._library.store

        def make() -> object:
            made = store.new(details.name)
            return store.change(made.id, lambda one: replace(one, description=details.description))

        self._library.do(make, lambda made: self._choose(("collection", made.id, "")))

    def _ask_folder(self) -> None:
        kind, collection_id, place = self._chosen()
        request = self._request()
        outer = place if kind == "folder" else request.folder if request is not None else ""
        dialog = TextQuestion(
            "newFolderDialog", "New folder", "The folder's name; a/b makes one within another.", "Make", self,
            text=f"{outer}/" if outer else "", field_name="Folder",
        )  # fmt: skip
        dialog.field.deselect()
        dialog.answered.connect(lambda folder: self._change(collection_id, partial(with_folder, folder=folder)))
        dialog.open()

    def _ask_edit(self) -> None:
        kind, collection_id, place = self._chosen()
        collection, request = self._collection(), self._request()
        if collection is None:
            return
        if kind == "folder":
            dialog = TextQuestion(
                "editFolderDialog", "Edit folder", "The folder with those that it stands in, as a/b:", "Change", self,
                text=place, field_name="Folder",
            )  # fmt: skip
            dialog.answered.connect(lambda to: self._change(collection_id, partial(move_folder, folder=place, to=to)))
            dialog.open()
            return
        name, title = ("editRequestDialog", "Edit request") if request else ("editCollectionDialog", "Edit collection")
        was = request or collection
        folder, template = (request.folder, request.template) if request is not None else ("", False)
        details = Details(was.name, was.description, collection_id, folder, template)
        places = self._library.collections if request is not None else None
        asking = RequestDetailsDialog(name, title, "Change", details, self, places)
        if request is not None:
            asking.answered.connect(lambda answer: self._edit_request(collection_id, request, answer))
        else:
            asking.answered.connect(
                lambda answer: self._change(
                    collection_id, lambda one: replace(renamed(one, answer.name), description=answer.description)
                )
            )
        asking.open()

    def _edit_request(self, collection_id: str, request: Request, answer: Details) -> None:
        store = self._library.store
        changed = replace(
            request, name=answer.name, description=answer.description, folder=answer.folder, template=answer.template
        )

        def edit() -> None:
            store.change(collection_id, lambda one: put(one, changed, request.stamp))
            if answer.collection != collection_id:
                store.move([request.id], collection_id, answer.collection, answer.folder)

        self._library.do(edit, lambda _none: self._choose(("request", answer.collection, request.id)))

    def _ask_delete(self) -> None:
        kind, collection_id, place = self._chosen()
        collection, request = self._collection(), self._request()
        if collection is None:
            return
        inside = sum(one.folder == place or one.folder.startswith(f"{place}/") for one in collection.requests)
        if request is not None:
            words = f"Delete the request “{request.name}” for good?"
        elif kind == "folder":
            words = f"Delete the folder “{place}” with its {inside} requests for good?"
        else:
            words = f"Delete the collection “{collection.name}” with its {len(collection.requests)} requests for good?"
        dialog = ConfirmDialog("deleteRequestsDialog", "Delete", f"{words} Open drafts of them stay.", "Delete", self)
        store = self._library.store
        if request is not None:
            dialog.accepted.connect(lambda: self._change(collection_id, partial(without, request_ids=[place])))
        elif kind == "folder":
            dialog.accepted.connect(lambda: self._change(collection_id, partial(without_folder, folder=place)))
        else:
            dialog.accepted.connect(lambda: self._library.do(lambda: store.delete(collection_id)))
        dialog.open()

    def _change(self, collection_id: str, change) -> None:
        self._library.do(lambda: self._library.store.change(collection_id, change))

    def _ask_import(self) -> None:
        dialog = QFileDialog(self, "Import a collection", "", _FILES)
        dialog.setObjectName("importCollectionDialog")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda name: self.take_in(Path(name)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def take_in(self, path: Path) -> None:
        """Import a collection from a file."""
        store = self._library.store
        self._library.do(lambda: store.take_in(path), lambda made: self._choose(("collection", made.id, "")))

    def _ask_export(self) -> None:
        collection = self._collection()
        if collection is None:
            return
        dialog = QFileDialog(self, "Export the collection", f"{collection.name.replace('/', '-')}.json", _FILES)
        dialog.setObjectName("exportCollectionDialog")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("json")
        dialog.fileSelected.connect(lambda name: self.export(collection.id, Path(name)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def export(self, collection_id: str, path: Path) -> None:
        """Write a collection into a file; where something in it looks like a secret, that is said."""
        store = self._library.store

        def write() -> list[str]:
            redactor = Redactor()
            written = store.export(collection_id, path)
            return [one.name for one in written.requests if redactor.clean(one.text) != one.text]

        self._library.do(write, lambda names: self._on_exported(path, names))

    def _on_exported(self, path: Path, names: list[str]) -> None:
        if names:
            where = ", ".join(f"“{name}”" for name in names)
            self._say(
                "warning",
                f"Exported to {path}. ⚠ What looks like a token or a secret stands in {where}: "
                "take it out before you pass the file on.",
            )
        else:
            self._say("muted", f"Exported to {path}.")

    def _say(self, role: str, sentence: str) -> None:
        set_look(self._note, "role", role)
        self._note.setText(f"⚠ {sentence}" if role == "problem" else sentence)


_ANY = ("collection", "folder", "request")


def _item(parent: QTreeWidget | QTreeWidgetItem, text: str, place: tuple[str, str, str]) -> QTreeWidgetItem:
    item = QTreeWidgetItem(parent, [text])
    item.setData(0, _PLACE, list(place))
    return item


def _prune(item: QTreeWidgetItem) -> bool:
    """Take out what holds no request; whether something is left."""
    for index in range(item.childCount() - 1, -1, -1):
        child = item.child(index)
        if child.data(0, _PLACE)[0] != "request" and not _prune(child):
            item.removeChild(child)
    left = item.childCount() > 0
    item.setHidden(not left)
    return left
