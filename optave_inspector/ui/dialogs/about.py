"""The texts of the Help menu: what runs here in which version, and every shortcut."""

from __future__ import annotations

import platform
from importlib import metadata
from typing import TYPE_CHECKING

import PySide6
from PySide6.QtCore import QObject, QSysInfo, qVersion
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence, QShortcut

from ... import __version__
from ...paths import config_dir, data_dir, log_dir
from ..widgets.dock import PanelDock
from ..widgets.panel import Panel

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

_LIBRARIES = ("websockets", "aiohttp", "qasync", "msgspec", "jsonschema-rs", "keyring", "platformdirs", "psygnal")

EVERYWHERE = "Everywhere"


def about_text() -> str:
    """Versions and folders, to put into a problem report."""
    rows = [
        ("Optave Inspector", __version__),
        ("Python", platform.python_version()),
        ("Qt", f"{qVersion()} by PySide6 {PySide6.__version__}, platform {QGuiApplication.platformName()}"),
        ("System", f"{QSysInfo.prettyProductName()}, {QSysInfo.currentCpuArchitecture()}"),
        *((name, _version(name)) for name in _LIBRARIES),
        ("Settings", str(config_dir())),
        ("Data", str(data_dir())),
        ("Log", str(log_dir())),
    ]
    words = "Connect to Optave tenants, inspect their WebSocket frames, and reproduce close-code issues."
    return f"{words}\n\n{_table(rows)}\n\nApache License 2.0"


def shortcuts_text(window: QWidget) -> str:
    """Every shortcut of the window by the place where it holds, and what it does."""
    places: dict[str, list[tuple[str, str]]] = {EVERYWHERE: []}
    for action in window.findChildren(QAction):
        words = action.text().replace("&", "").rstrip("…")
        for keys in action.shortcuts():
            rows = places.setdefault(place_of(action), [])
            if (_keys(keys), words) not in rows:  # each session has actions of its own
                rows.append((_keys(keys), words))
    for shortcut in window.findChildren(QShortcut):
        if not shortcut.key().isEmpty():
            row = (_keys(shortcut.key()), shortcut.whatsThis() or shortcut.objectName())
            rows = places.setdefault(place_of(shortcut), [])
            if row not in rows:
                rows.append(row)
    places[EVERYWHERE] += [
        ("Tab, Shift+Tab", "Next and former control"),
        ("Alt+letter", "The menu or field with this letter underlined"),
    ]
    width = max(len(keys) for rows in places.values() for keys, _ in rows)
    return "\n\n".join(f"{place}\n{_table(rows, width)}" for place, rows in places.items())


def place_of(holder: QObject) -> str:
    """The panel that a control or action belongs to; ``EVERYWHERE`` for those of the window."""
    parent = holder.parent()
    while parent is not None:
        if isinstance(parent, Panel):
            return parent.title_label.text()
        if isinstance(parent, PanelDock):  # which shows the panel's header
            return parent.panel.title_label.text()
        parent = parent.parent()
    return EVERYWHERE


def _keys(sequence: QKeySequence) -> str:
    return sequence.toString(QKeySequence.SequenceFormat.NativeText)


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "version not known"


def _table(rows: list[tuple[str, str]], width: int = 0) -> str:
    width = width or max(len(name) for name, _ in rows)
    return "\n".join(f"{name:<{width}}  {value}" for name, value in rows)
