"""Where captures live, how long they are kept and how large they may grow together, with what that removes at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from ...capture.retention import CleanUp, Retention, in_units
from ..models.background import Background

if TYPE_CHECKING:
    from collections.abc import Callable

_GB = 10**9
_ASK_MS = 250


class CaptureLimitsForm(QWidget):
    """Asks for the limits and the folder; ``saved`` is emitted once ``keep`` has kept them.

    ``preview`` tells what limits would remove from a folder. Both block and are called in a thread; what they raise is
    told in the form.
    """

    saved = Signal()

    def __init__(
        self,
        folder: str,
        retention: Retention,
        preview: Callable[[Retention, str], CleanUp],
        keep: Callable[[Retention, str], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("captureLimitsForm")
        self._preview, self._keep = preview, keep
        self._asking = Background("limits of captures", self)
        self._ask = QTimer(self)
        self._ask.setSingleShot(True)
        self._ask.setInterval(_ASK_MS)
        self._ask.timeout.connect(self._ask_preview)
        self._folder = QLineEdit(folder)
        self._days_on, self._size_on = QCheckBox("Remove captures &older than"), QCheckBox("Remove the oldest &above")
        self._days, self._size = QSpinBox(), QDoubleSpinBox()
        self._effect = QPlainTextEdit()
        self._build()
        self._fill(retention)
        for signal in (
            self._days.valueChanged,
            self._size.valueChanged,
            self._days_on.toggled,
            self._size_on.toggled,
            self._folder.textChanged,
        ):
            signal.connect(lambda _value: self._on_changed())
        self._on_changed()

    @property
    def retention(self) -> Retention:
        """The limits as they are set now."""
        return Retention(
            self._days.value() if self._days_on.isChecked() else None,
            round(self._size.value() * _GB) if self._size_on.isChecked() else None,
        )

    @property
    def folder(self) -> str:
        """The folder as it stands in the field; empty for the usual place."""
        return self._folder.text().strip()

    def _build(self) -> None:
        words = QLabel(
            "Every session is kept as a capture in this folder. When the app starts, it removes what is beyond the "
            "limits and says so. Captures with bookmarks, those marked to be kept, and open ones always stay. Another "
            "folder takes the captures that are begun from then on; what there is already stays where it is."
        )
        words.setObjectName("captureLimitsWords")
        words.setWordWrap(True)
        folder_label = QLabel("&Folder")
        folder_label.setBuddy(self._folder)
        self._folder.setObjectName("captureFolderEdit")
        self._folder.setAccessibleName("Folder of the captures")
        self._folder.setPlaceholderText("empty: the usual place")
        self._folder.setToolTip("Where new captures live; empty for the usual place")
        self._folder.setCursorPosition(0)
        choose = QPushButton("&Choose…")
        choose.setObjectName("captureChooseFolderButton")
        choose.setAccessibleName("Choose the folder of the captures")
        choose.setToolTip("Choose the folder of the captures")
        choose.setAutoDefault(False)
        choose.clicked.connect(self._ask_folder)
        show = QPushButton("&Show")
        show.setObjectName("captureFolderButton")
        show.setAccessibleName("Show the folder in the file manager")
        show.setToolTip("Show the folder in the file manager")
        show.setAutoDefault(False)
        show.clicked.connect(lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(self._folder.text())))
        where = QHBoxLayout()
        where.addWidget(folder_label)
        where.addWidget(self._folder, 1)
        where.addWidget(choose)
        where.addWidget(show)
        self._days_on.setObjectName("captureDaysCheck")
        self._days_on.setAccessibleName("Remove captures by age")
        self._days.setObjectName("captureDaysSpin")
        self._days.setAccessibleName("Days that captures are kept")
        self._days.setRange(1, 3650)
        self._days.setSuffix(" days")
        self._size_on.setObjectName("captureSizeCheck")
        self._size_on.setAccessibleName("Remove captures by size")
        self._size.setObjectName("captureSizeSpin")
        self._size.setAccessibleName("Gigabytes that captures may take together")
        self._size.setRange(0.1, 10_000)
        self._size.setDecimals(1)
        self._size.setSuffix(" GB together")
        limits = QGridLayout()
        limits.setColumnStretch(2, 1)
        for row, (check, spin) in enumerate(((self._days_on, self._days), (self._size_on, self._size))):
            spin.setMinimumWidth(150)
            limits.addWidget(check, row, 0)
            limits.addWidget(spin, row, 1)
        self._effect.setObjectName("captureLimitsEffect")
        self._effect.setAccessibleName("What these limits remove")
        self._effect.setReadOnly(True)
        self._effect.setTabChangesFocus(True)
        effect_label = QLabel("What these limits &remove now")
        effect_label.setBuddy(self._effect)
        self.buttons = QDialogButtonBox()
        save = self.buttons.addButton("Save", QDialogButtonBox.ButtonRole.AcceptRole)
        save.setObjectName("captureLimitsSaveButton")
        save.setAccessibleName("Keep these limits, and clean up by them")
        save.setProperty("kind", "primary")
        save.setDefault(True)
        self.buttons.accepted.connect(self._save)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        layout.addWidget(words)
        layout.addLayout(where)
        layout.addLayout(limits)
        layout.addWidget(effect_label)
        layout.addWidget(self._effect, 1)
        layout.addWidget(self.buttons)

    def _fill(self, retention: Retention) -> None:
        usual = Retention()
        self._days_on.setChecked(retention.keep_days is not None)
        self._days.setValue(retention.keep_days or usual.keep_days or 1)
        self._size_on.setChecked(retention.max_total_bytes is not None)
        self._size.setValue((retention.max_total_bytes or usual.max_total_bytes or _GB) / _GB)

    def _ask_folder(self) -> None:
        dialog = QFileDialog(self, "Folder of the captures", self._folder.text())
        dialog.setObjectName("captureFolderDialog")
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(self._folder.setText)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _on_changed(self) -> None:
        self._days.setEnabled(self._days_on.isChecked())
        self._size.setEnabled(self._size_on.isChecked())
        self._ask.start()

    def _ask_preview(self) -> None:
        retention, folder, preview = self.retention, self.folder, self._preview
        self._effect.setPlainText("looking…")
        self._asking.start(
            lambda _job: preview(retention, folder),
            lambda found: self._effect.setPlainText(effect_text(found)),
            self._say_problem,
        )

    def _save(self) -> None:
        retention, folder, keep = self.retention, self.folder, self._keep
        self._ask.stop()
        self._asking.start(lambda _job: keep(retention, folder), lambda _none: self.saved.emit(), self._say_problem)

    def _say_problem(self, error: Exception) -> None:
        self._effect.setPlainText(f"⚠ {error}")


class CaptureLimitsDialog(QDialog):
    """The form in a dialog of its own. Call ``open()``; it is accepted once the limits are kept."""

    def __init__(
        self,
        folder: str,
        retention: Retention,
        preview: Callable[[Retention, str], CleanUp],
        keep: Callable[[Retention, str], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("captureLimitsDialog")
        self.setWindowTitle("Limits of captures")
        self.setAccessibleName("Limits of captures")
        form = CaptureLimitsForm(folder, retention, preview, keep)
        form.saved.connect(self.accept)
        cancel = form.buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        cancel.setObjectName("captureLimitsCancelButton")
        cancel.setAccessibleName("Leave the limits as they were")
        form.buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(form)
        self.resize(560, 400)
        self.finished.connect(self.deleteLater)


def effect_text(found: CleanUp) -> str:
    """What a clean-up would do, capture by capture."""
    going = [each for each in found.removals if not each.left_because and each.capture.entries]
    staying = [each for each in found.removals if each.left_because]
    size = in_units(sum(each.capture.size_bytes for each in going))
    count = "1 capture" if len(going) == 1 else f"{len(going)} captures"
    lines = [f"{count} ({size}) would go:" if going else "Nothing would go."]
    lines += [f"✗ {each.path.stem}: {each.reason}" for each in going]
    lines += [f"✓ {each.path.stem} stays: {each.left_because}" for each in staying]
    return "\n".join([*lines, f"What stays takes {in_units(found.total_bytes)}."])
