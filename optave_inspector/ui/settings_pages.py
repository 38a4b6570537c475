"""The pages of the settings, made of what there is: forms that stand in dialogs of their own elsewhere too."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QLabel, QPushButton, QRadioButton, QVBoxLayout, QWidget

from ..capture.retention import Retention
from ..errors import InspectorError
from ..paths import config_dir, data_dir, log_dir, profiles_dir
from .dialogs.capture_limits import CaptureLimitsForm
from .dialogs.settings import SettingsDialog, SettingsPage
from .dialogs.settings_shortcuts import ShortcutsPage
from .dialogs.trace_sending import TraceSendingForm
from .theme import ThemeChoice, theme_switch
from .widgets.elided_label import ElidedLabel

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from .main_window import MainWindow
    from .shortcuts import Shortcuts

_WHERE = "Where the files of this user are. OPTAVE_INSPECTOR_HOME puts them all below one folder."
_FOLDERS = (
    ("Settings", "Settings", config_dir),
    ("Profiles", "Profiles", profiles_dir),
    ("Data", "Data and captures", data_dir),
    ("Log", "Log and crash reports", log_dir),
)
_THEMES = (
    (ThemeChoice.SYSTEM, "As the s&ystem says", "Light or dark as the desktop asks, also when it changes"),
    (ThemeChoice.LIGHT, "&Light", "Always light"),
    (ThemeChoice.DARK, "&Dark", "Always dark"),
)


async def settings_dialog(window: MainWindow, shortcuts: Shortcuts) -> SettingsDialog:
    """The dialog with what holds now, not shown yet."""
    captures = window.captures.own
    folder = await asyncio.to_thread(captures.chosen_folder)
    retention = await asyncio.to_thread(captures.retention)
    return make_dialog(window, shortcuts, folder, retention, [_path(where) for _name, _title, where in _FOLDERS])


def make_dialog(
    window: MainWindow,
    shortcuts: Shortcuts,
    folder: str = "",
    retention: Retention | None = None,
    folders: Sequence[tuple[Path | None, str]] = ((None, ""),) * 4,
) -> SettingsDialog:
    """The dialog for captures in ``folder`` that are kept by ``retention``; ``folders`` as the last page shows them."""
    captures, start = window.captures, window.view.bridge.start
    limits = CaptureLimitsForm(folder, retention or Retention(), captures.own.preview, captures.own.set_limits)
    limits.saved.connect(captures.clean_up)
    traces = TraceSendingForm(window.traces, start)
    pages = [
        SettingsPage("appearance", "Appearance", "How the window looks; it changes at once.", _appearance(window)),
        SettingsPage("shortcuts", "Shortcuts", "Which keys do what. A dot marks those that you changed.",
                     ShortcutsPage(shortcuts)),
        SettingsPage("captures", "Captures", "", limits),
        SettingsPage("traces", "Traces to a collector", "", traces),
        SettingsPage("folders", "Folders", _WHERE, _folders(folders)),
    ]  # fmt: skip
    dialog = SettingsDialog(pages, window)
    limits.saved.connect(lambda: dialog.say("✓ The limits of captures are kept."))
    traces.saved.connect(lambda: dialog.say("✓ The collector's settings are kept."))
    dialog.finished.connect(traces.stop)
    return dialog


def _appearance(window: MainWindow) -> QWidget:
    body, layout = _body("appearanceSettings")
    group = QButtonGroup(body)
    for choice, text, tip in _THEMES:
        button = QRadioButton(text)
        button.setObjectName(f"settingsTheme{choice.title()}Radio")
        button.setAccessibleName(f"Theme: {text.replace('&', '')}")
        button.setToolTip(tip)
        button.setChecked(theme_switch().choice is choice)
        button.clicked.connect(lambda _checked=False, choice=choice: theme_switch().choose(choice))
        group.addButton(button)
        layout.addWidget(button)
    layout.addSpacing(10)
    reset = _button(
        "settingsResetLayoutButton",
        "&Reset the layout of the panels",
        "Put all panels of the session in front back to where they begin",
        window.view.area.reset_layout,
    )
    layout.addWidget(reset, 0, Qt.AlignmentFlag.AlignLeft)
    layout.addStretch(1)
    return body


def _folders(paths: Sequence[tuple[Path | None, str]]) -> QWidget:
    body, layout = _body("folderSettings")
    grid = QGridLayout()
    grid.setColumnStretch(1, 1)
    for row, ((name, title, _where), (path, problem)) in enumerate(zip(_FOLDERS, paths, strict=True)):
        shown = ElidedLabel(Qt.TextElideMode.ElideMiddle)
        shown.setObjectName(f"folder{name}Path")
        shown.setText(str(path) if path is not None else problem)
        show = _button(
            f"folder{name}Button", "Show", f"Show the folder in the file manager: {title}",
            lambda path=path: QDesktopServices.openUrl(QUrl.fromLocalFile(str(path))),
        )  # fmt: skip
        show.setEnabled(path is not None)
        grid.addWidget(QLabel(title), row, 0)
        grid.addWidget(shown, row, 1)
        grid.addWidget(show, row, 2)
    layout.addLayout(grid)
    layout.addStretch(1)
    return body


def _path(where: Callable[[], Path]) -> tuple[Path | None, str]:
    try:
        return where(), ""
    except InspectorError as error:
        return None, f"⚠ {error}"


def _body(name: str) -> tuple[QWidget, QVBoxLayout]:
    body = QWidget()
    body.setObjectName(name)
    layout = QVBoxLayout(body)
    layout.setContentsMargins(0, 0, 0, 0)
    return body, layout


def _button(name: str, text: str, tip: str, slot: Callable[[], object]) -> QPushButton:
    button = QPushButton(text)
    button.setObjectName(name)
    button.setAccessibleName(tip)
    button.setToolTip(tip)
    button.setAutoDefault(False)
    button.clicked.connect(lambda _checked=False: slot())
    return button
