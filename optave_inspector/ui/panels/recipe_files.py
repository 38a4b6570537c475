"""Where recipes come from and go to: those that ship, those opened last, and files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QComboBox, QFileDialog, QSizePolicy, QWidget

from ...errors import InspectorError
from ...profiles.atomic_file import write_atomically
from ...repro.reading import load_text
from ...repro.recipe import SUFFIX
from ...repro.shipped import shipped, titles
from ..models.background import Background

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..bridge import SessionBridge

_MOST_RECENT = 8
_FILTER = f"Recipes (*{SUFFIX} *.toml);;All files (*)"


class RecipeChoice(QComboBox):
    """Shipped recipes by title, and the files that were opened last."""

    pathChosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("recipeChoice")
        self.setAccessibleName("Recipe to take")
        self.setToolTip(
            "Recipes that ship with the app, and the files that were opened last. Choosing one runs nothing."
        )
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(12)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setPlaceholderText("Choose a recipe…")
        self.setMaxVisibleItems(24)
        self._recent: list[str] = []
        self._fill()
        self.activated.connect(lambda index: self.pathChosen.emit(self.itemData(index) or ""))

    def recent(self) -> list[str]:
        """The files that were opened last, the newest first."""
        return list(self._recent)

    def set_recent(self, paths: Sequence[str]) -> None:
        """Show these files as the last ones."""
        self._recent = list(dict.fromkeys(paths))[:_MOST_RECENT]
        self._fill()

    def remember(self, path: Path) -> None:
        """Put a file that was opened or saved at the top, and show it as chosen."""
        if path not in shipped().values():
            self.set_recent([str(path), *self._recent])
        self.show_chosen(path)

    def show_chosen(self, path: Path | None) -> None:
        """Show which one is in the editor; None for none of them."""
        self.setCurrentIndex(self.findData(str(path)) if path is not None else -1)

    def _fill(self) -> None:
        self.clear()
        for path in self._recent:
            self.addItem(Path(path).name, path)
            self.setItemData(self.count() - 1, path, 3)
        if self._recent:
            self.insertSeparator(self.count())
        names = titles()
        for name, path in shipped().items():
            self.addItem(names[name], str(path))
            self.setItemData(self.count() - 1, name, 3)
        self.setCurrentIndex(-1)


class RecipeFiles(QObject):
    """Opens and saves recipes in dialogs; what goes wrong is told in the message bar."""

    opened = Signal(str, object)
    """A text and its file."""
    saved = Signal(object, str)
    """A file that was written, and the text that it holds."""

    def __init__(self, bridge: SessionBridge, owner: QWidget) -> None:
        super().__init__(owner)
        self._tell = bridge.warned.emit
        self._owner = owner
        self._reading = Background("open recipe", self)
        self._writing = Background("save recipe", self)

    def ask_open(self) -> None:
        """Ask for a recipe, and read it."""
        dialog = QFileDialog(self._owner, "Open recipe", str(Path.home()), _FILTER)
        dialog.setObjectName("recipeOpenDialog")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda path: self.open(Path(path)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def open(self, path: Path) -> None:
        """Read a recipe; nothing of it is run."""
        self._reading.start(lambda _job: load_text(path), lambda text: self.opened.emit(text, path), self._failed)

    def ask_save(self, name: str, text: str, suffix: str = SUFFIX, what: str = "recipe") -> None:
        """Ask where to, and write."""
        dialog = QFileDialog(self._owner, f"Save {what}", str(Path.home()))
        dialog.setObjectName(f"{what}SaveDialog")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.selectFile(f"{name}{suffix}")
        dialog.fileSelected.connect(lambda path: self.save(Path(path), text, what))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def save(self, path: Path, text: str, what: str = "recipe") -> None:
        """Write a text; what was there before is replaced at once or stays as it was."""

        def written(_result: object) -> None:
            self._tell("ok", f"Saved the {what} as {path}.")
            if what == "recipe":
                self.saved.emit(path, text)

        self._writing.start(lambda _job: write_atomically(path, text.encode()), written, self._failed)

    def _failed(self, error: Exception) -> None:
        if isinstance(error, InspectorError):
            self._tell("error", str(error))
        else:
            self._tell("error", f"The file cannot be used: {getattr(error, 'strerror', None) or error}.")
