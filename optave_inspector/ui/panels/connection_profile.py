"""Which profile, and what can be done with profiles; what to do when two programs edit the same one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ...profiles.defaults import INHERITABLE, Origin
from ...profiles.profile import COLOURS, LOCAL_TENANT_ID
from ..dialogs.new_profile import NewProfileDialog
from ..dialogs.profile_defaults import called
from ..dialogs.question import ConfirmDialog, TextQuestion
from ..profile_marks import colour_icon, named_color
from ..theme import theme_switch
from ..widgets.flow_layout import FlowLayout
from ..widgets.form import words
from ..widgets.wheel_guard import WheelGuard
from .profile_combo import ProfileCombo

if TYPE_CHECKING:
    from ..bridge import SessionBridge
    from ..current_profile import CurrentProfile

_FIRST_STEPS = "Fill in what Optave gave you, or try things out by the menu: Local tenant, Connect to it."


class ProfileRow(QWidget):
    """The list of profiles with New, Rename, Copy and Delete; the note on a conflict appears beneath it."""

    defaultsAsked = Signal()
    """Show where settings come from."""

    def __init__(self, bridge: SessionBridge, current: CurrentProfile) -> None:
        super().__init__()
        self._bridge = bridge
        self._current = current
        self._combo = ProfileCombo(current, "connectionProfileCombo")
        buttons = QHBoxLayout()
        buttons.setSpacing(2)
        for name, tip, slot in (
            ("New", "Make a profile with the documented defaults", self.ask_new),
            ("Rename", "Give this profile another name", self.ask_rename),
            ("Copy", "Copy this profile, without its secret", self.ask_copy),
            ("Delete", "Delete this profile and its secret", self.ask_delete),
        ):
            button = QToolButton()
            button.setText(name)
            button.setObjectName(f"connection{name}ProfileButton")
            button.setAccessibleName(f"{name} profile")
            button.setToolTip(tip)
            button.setProperty("kind", "quiet")
            button.setProperty("tight", True)
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            button.clicked.connect(slot)
            buttons.addWidget(button, 1)
        self._own = words("connectionOwnValues")
        self._first_steps = words("connectionFirstSteps")
        self._conflict = self._build_conflict()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self._combo)
        layout.addLayout(buttons)
        layout.addLayout(self._build_marks())
        layout.addWidget(self._own)
        layout.addWidget(self._first_steps)
        layout.addWidget(self._conflict)
        current.saveStateChanged.connect(self._show_save_state)
        for signal in (current.chosen, current.edited):
            signal.connect(self._show_marks)
        theme_switch().changed.connect(self._paint_colours)
        self._show_marks()
        self._show_save_state()

    def ask_new(self) -> None:
        """Ask for a name and make a profile."""
        dialog = NewProfileDialog(self.window())
        dialog.made.connect(lambda name, preset: self._bridge.start(self._current.new(name, preset), "new profile"))
        dialog.open()

    def ask_rename(self) -> None:
        """Ask for another name of the current profile."""
        name = self._current.profile.name
        sentence = f"New name for “{name}”"
        self._ask("renameProfileDialog", "Rename profile", sentence, "Rename", name, self._current.rename)

    def ask_copy(self) -> None:
        """Ask for the name of a copy and make it."""
        name = self._current.profile.name
        sentence = f"Name of the copy of “{name}”. Its secret is not copied."
        self._ask("copyProfileDialog", "Copy profile", sentence, "Copy", f"{name} copy", self._current.copy)

    def ask_delete(self) -> None:
        """Ask whether to delete the current profile."""
        name = self._current.profile.name
        dialog = ConfirmDialog(
            "deleteProfileDialog",
            "Delete profile",
            f"Delete “{name}” and its stored secret? This cannot be undone.",
            "Delete",
            self.window(),
        )
        dialog.accepted.connect(lambda: self._bridge.start(self._current.delete(), "delete profile"))
        dialog.open()

    def _ask(self, object_name: str, title: str, sentence: str, accept: str, text: str, work) -> None:
        dialog = TextQuestion(object_name, title, sentence, accept, self.window(), text=text, field_name="Profile name")
        dialog.answered.connect(lambda name: self._bridge.start(work(name), title.lower()))
        dialog.open()

    def _build_marks(self) -> FlowLayout:
        self._production = QCheckBox("Production")
        self._production.setObjectName("connectionProductionCheck")
        self._production.setAccessibleName("Production profile")
        self._production.setToolTip("Real customers are behind it: red in the title, and asks before it sends many")
        self._production.clicked.connect(lambda on: self._current.edit(production=on))
        self._colour = QComboBox()
        self._colour.setObjectName("connectionColourCombo")
        self._colour.setAccessibleName("Colour of the profile")
        self._colour.setToolTip("By which the profile is known in tabs and lists; production is always red")
        for name in ("", *COLOURS):
            self._colour.addItem(name or "plain", name)
        self._colour.activated.connect(lambda index: self._current.edit(colour=self._colour.itemData(index)))
        # In a narrow panel the dot and the beginning of its name say enough.
        self._colour.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._colour.setMinimumContentsLength(3)
        WheelGuard(self._colour)
        self._paint_colours()
        defaults = QToolButton()
        defaults.setText("Defaults…")
        defaults.setObjectName("connectionDefaultsButton")
        defaults.setAccessibleName("Where settings come from")
        defaults.setToolTip("Which settings are this profile's own, and what holds for all profiles")
        defaults.setProperty("kind", "quiet")
        defaults.setProperty("tight", True)
        defaults.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        defaults.clicked.connect(self.defaultsAsked)
        row = FlowLayout()
        for widget in (self._production, self._colour, defaults):
            row.addWidget(widget)
        return row

    def _paint_colours(self) -> None:
        for index in range(self._colour.count()):
            colour = named_color(self._colour.itemData(index))
            if colour is not None:
                self._colour.setItemIcon(index, colour_icon(colour))

    def _show_marks(self) -> None:
        profile, book = self._current.profile, self._current.book
        self._production.setChecked(profile.production)
        self._colour.setEnabled(not profile.production)
        self._colour.setCurrentIndex(max(self._colour.findData("red" if profile.production else profile.colour), 0))
        own = [each for each in INHERITABLE if book.origin(profile.id, each) is Origin.OWN]
        for_all = [each for each in INHERITABLE if book.origin(profile.id, each) is Origin.FOR_ALL]
        groups = (("Own values", own), ("As for all profiles", for_all))
        said = [f"{title}: {', '.join(called(each).lower() for each in some)}." for title, some in groups if some]
        self._own.setText(" ".join(said) if profile.id != LOCAL_TENANT_ID else "")

    def _build_conflict(self) -> QFrame:
        frame = QFrame()
        frame.setObjectName("connectionConflict")
        frame.setProperty("bar", "warning")
        self._conflict_words = words("connectionConflictWords", "")
        self._reload = QPushButton("Load again")
        self._reload.setObjectName("connectionReloadButton")
        self._reload.setAccessibleName("Load the profile again; what was typed here is lost")
        self._reload.setToolTip("The file replaces what is shown here")
        self._reload.clicked.connect(lambda: self._bridge.start(self._current.reload(), "load profile"))
        self._overwrite = QPushButton("Overwrite")
        self._overwrite.setObjectName("connectionOverwriteButton")
        self._overwrite.setAccessibleName("Overwrite the file with what is shown here")
        self._overwrite.setToolTip("What is shown here replaces the file")
        self._overwrite.clicked.connect(lambda: self._bridge.start(self._current.overwrite(), "save profile"))
        buttons = QHBoxLayout()
        buttons.addWidget(self._reload)
        buttons.addWidget(self._overwrite)
        buttons.addStretch(1)
        layout = QVBoxLayout(frame)
        layout.setContentsMargins(8, 6, 8, 6)
        layout.addWidget(self._conflict_words)
        layout.addLayout(buttons)
        return frame

    def _show_save_state(self) -> None:
        state = self._current.save_state
        self._first_steps.setText(_FIRST_STEPS if self._current.is_untouched else "")
        self._conflict.setVisible(bool(state.trouble))
        self._conflict_words.setText(f"⚠ {state.trouble}" if state.trouble else "")
        self._reload.setVisible(state.conflict)
        self._overwrite.setVisible(state.conflict)
