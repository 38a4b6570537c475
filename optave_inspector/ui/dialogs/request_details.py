"""Asks what a named request or a collection is to be called, where it is to stand, and what it is for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QFormLayout, QLineEdit, QPlainTextEdit, QWidget

from ..widgets.look import set_look
from .question import OfferDialog

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...compose.collection import Collection

FIRST_COLLECTION = "My requests"


@dataclass(frozen=True, slots=True)
class Details:
    """What was answered."""

    name: str
    description: str = ""
    collection: str = ""
    """ID; empty for one that is still to be made."""
    folder: str = ""
    template: bool = False


class RequestDetailsDialog(OfferDialog):
    """Name and description; with ``collections`` also the place, and whether it is a template."""

    answered = Signal(object)
    """:class:`Details`."""

    def __init__(
        self,
        object_name: str,
        title: str,
        accept_text: str,
        details: Details,
        parent: QWidget | None,
        collections: Sequence[Collection] | None = None,
    ) -> None:
        super().__init__(object_name, title, "", accept_text, parent)
        set_look(self.accept_button, "kind", "primary")
        self._collections = collections
        self._name = QLineEdit(details.name)
        self._name.setObjectName(f"{object_name}NameEdit")
        self._name.setAccessibleName("Name")
        self._name.selectAll()
        self._name.textChanged.connect(lambda _text: self._check())
        self._description = QPlainTextEdit(details.description)
        self._description.setObjectName(f"{object_name}DescriptionEdit")
        self._description.setAccessibleName("Description")
        self._description.setPlaceholderText("What it is for, and what is expected of it")
        self._description.setTabChangesFocus(True)
        self._description.setFixedHeight(80)
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow("&Name", self._name)
        if collections is not None:
            self._collection = QComboBox()
            self._collection.setObjectName(f"{object_name}CollectionCombo")
            self._collection.setAccessibleName("Collection")
            for collection in collections:
                self._collection.addItem(collection.name, collection.id)
            if not collections:
                self._collection.addItem(f"{FIRST_COLLECTION} (new)", "")
            self._collection.setCurrentIndex(max(self._collection.findData(details.collection), 0))
            self._folder = QComboBox()
            self._folder.setObjectName(f"{object_name}FolderCombo")
            self._folder.setAccessibleName("Folder")
            self._folder.setEditable(True)
            self._folder.lineEdit().setPlaceholderText("none; a/b for one within another")
            self._collection.currentIndexChanged.connect(lambda _index: self._show_folders())
            self._show_folders()
            self._folder.setCurrentText(details.folder)
            self._template = QCheckBox("&Offer it among the templates of its action")
            self._template.setObjectName(f"{object_name}TemplateCheck")
            self._template.setChecked(details.template)
            form.addRow("&Collection", self._collection)
            form.addRow("&Folder", self._folder)
        form.addRow("&Description", self._description)
        if collections is not None:
            form.addRow("", self._template)
        self.middle.addLayout(form)
        self.accepted.connect(lambda: self.answered.emit(self.details()))
        self._name.setFocus()
        self._check()

    def details(self) -> Details:
        """What is answered so far."""
        name, description = self._name.text().strip(), self._description.toPlainText().strip()
        if self._collections is None:
            return Details(name, description)
        return Details(
            name, description, self._collection.currentData(), self._folder.currentText(), self._template.isChecked()
        )

    def _show_folders(self) -> None:
        chosen = self._collection.currentData()
        text = self._folder.currentText()
        self._folder.clear()
        self._folder.addItem("")
        for collection in self._collections or ():
            if collection.id == chosen:
                self._folder.addItems(collection.all_folders())
        self._folder.setCurrentText(text)

    def _check(self) -> None:
        self.accept_button.setEnabled(bool(self._name.text().strip()))
