"""Asks for the name of a new profile and for the address form that it begins with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QLabel

from ...profiles.presets import PRESETS
from ..widgets.form import words
from .question import TextQuestion

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from ...profiles.presets import Preset


class NewProfileDialog(TextQuestion):
    """Connect to ``made``."""

    made = Signal(str, object)
    """The name, and the :class:`Preset` to begin with."""

    def __init__(self, parent: QWidget | None) -> None:
        super().__init__(
            "newProfileDialog", "New profile", "Name of the new profile", "Make", parent, field_name="Profile name"
        )
        self.kind = QComboBox()
        self.kind.setObjectName("newProfileKindCombo")
        self.kind.setAccessibleName("Where it connects to")
        self.kind.setToolTip("The address forms of Optave's documentation; every part can be changed later")
        for preset in PRESETS:
            self.kind.addItem(preset.name)
        label = QLabel("Connects to")
        label.setBuddy(self.kind)
        self._urls = words("newProfileUrls")
        self.middle.addWidget(label)
        self.middle.addWidget(self.kind)
        self.middle.addWidget(self._urls)
        self.kind.currentIndexChanged.connect(self._show_urls)
        self.answered.connect(lambda name: self.made.emit(name, self._preset))
        self._show_urls()

    @property
    def _preset(self) -> Preset:
        return PRESETS[self.kind.currentIndex()]

    def _show_urls(self) -> None:
        preset = self._preset
        url = preset.url_template
        for name, value in preset.fields.items():
            url = url.replace(f"{{{{{name}}}}}", value)
        marked = "\nMarked as production: red, and much at once is asked about first." if preset.production else ""
        self._urls.setText(f"{url}{marked}")
