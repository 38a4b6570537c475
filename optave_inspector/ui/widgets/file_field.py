"""A field for the path of a file, with a button that lets one choose it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QToolButton

from .form import Field


class FileField(Field):
    """``what`` names the file for screen readers and in the dialog; ``filters`` are the file dialog's."""

    def __init__(self, label: str, object_name: str, what: str, filters: list[str], **options: object) -> None:
        super().__init__(label, object_name, what, **options)
        self._what = what
        self._filters = [*filters, "All files (*)"]
        base = object_name.removeprefix("connection").removesuffix("Edit")
        self._dialog_name = f"{base[0].lower()}{base[1:]}Dialog"
        browse = QToolButton()
        browse.setText("…")
        browse.setObjectName(f"connectionBrowse{base}Button")
        browse.setAccessibleName(f"Browse for the {what[0].lower()}{what[1:]}")
        browse.setToolTip("Choose a file")
        browse.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        browse.clicked.connect(self._browse)
        self.add(browse)

    def _browse(self) -> None:
        dialog = QFileDialog(self.window(), self._what, self.edit.text())
        dialog.setObjectName(self._dialog_name)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters(self._filters)
        dialog.fileSelected.connect(self._chosen)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _chosen(self, path: str) -> None:
        self.set_text(path)
        self.edited.emit(path)
