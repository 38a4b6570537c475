"""What is asked before profiles come in or go out as files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QListWidget, QListWidgetItem, QPlainTextEdit

from .question import OfferDialog

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QWidget

    from ...profiles.env_import import EnvImport
    from ...profiles.sharing import Shared


class ImportProfilesDialog(OfferDialog):
    """Says what a file holds and what of it is left out; connect to ``accepted``."""

    def __init__(self, found: Sequence[Shared], refused: Sequence[str], parent: QWidget | None) -> None:
        count = "a profile" if len(found) == 1 else f"{len(found):,} profiles"
        sentence = f"The file holds {count}. Each becomes a new one; none that you have is changed, and nothing is run."
        super().__init__("importProfilesDialog", "Import profiles", sentence, "Import", parent)
        lines = []
        for each in found:
            lines += [each.profile.name, *(f"    ⚠ {sentence}" for sentence in each.left_out)]
        self.middle.addWidget(_report("importProfilesText", "What is imported", [*lines, *refused]))
        self.resize(620, 360)


class ImportEnvironmentDialog(OfferDialog):
    """Says which variables make a profile, and asks about the secret."""

    confirmed = Signal(bool)
    """Import; whether the client secret goes to the keyring."""

    def __init__(self, found: EnvImport, parent: QWidget | None) -> None:
        sentence = f"These variables make the profile “{found.profile.name}”:"
        super().__init__("importEnvironmentDialog", "Profile from environment variables", sentence, "Import", parent)
        lines = [f"✓ {name}" for name in found.used] + [f"⚠ {each}" for each in found.left_out]
        self.middle.addWidget(_report("importEnvironmentText", "What was found", lines))
        self.secret = QCheckBox("Put the client secret into the desktop's keyring")
        self.secret.setObjectName("importEnvironmentSecretCheck")
        self.secret.setAccessibleName(self.secret.text())
        self.secret.setToolTip("Without this, it is not kept anywhere, and asked for when you connect")
        self.secret.setVisible(bool(found.secret))
        self.middle.addWidget(self.secret)
        self.accepted.connect(lambda: self.confirmed.emit(self.secret.isChecked()))
        self.resize(560, 320)


class ExportProfilesDialog(OfferDialog):
    """Asks which profiles go into a file."""

    chosen = Signal(list)
    """Their IDs, at least one."""

    def __init__(self, names: Sequence[tuple[str, str]], current: str, parent: QWidget | None) -> None:
        sentence = (
            "Secrets stay in your keyring. What is inherited stays out too: it is the other side's own. "
            "A token command goes along as it stands: look whether it holds a secret."
        )
        super().__init__("exportProfilesDialog", "Export profiles", sentence, "Export…", parent)
        self.list = QListWidget()
        self.list.setObjectName("exportProfilesList")
        self.list.setAccessibleName("Profiles to export")
        for profile_id, label in names:
            item = QListWidgetItem(label)
            item.setData(Qt.ItemDataRole.UserRole, profile_id)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Checked if profile_id == current else Qt.CheckState.Unchecked)
            self.list.addItem(item)
            if profile_id == current:
                self.list.setCurrentItem(item)
        self.list.itemChanged.connect(lambda _item: self.accept_button.setEnabled(bool(self._ids())))
        self.middle.addWidget(self.list)
        self.accepted.connect(lambda: self.chosen.emit(self._ids()))
        self.accept_button.setEnabled(bool(self._ids()))
        self.list.setFocus()

    def _ids(self) -> list[str]:
        items = (self.list.item(row) for row in range(self.list.count()))
        return [item.data(Qt.ItemDataRole.UserRole) for item in items if item.checkState() is Qt.CheckState.Checked]


def _report(object_name: str, accessible_name: str, lines: Sequence[str]) -> QPlainTextEdit:
    view = QPlainTextEdit("\n".join(lines))
    view.setObjectName(object_name)
    view.setAccessibleName(accessible_name)
    view.setReadOnly(True)
    view.setTabChangesFocus(True)
    return view
