"""Light and dark: palettes and style of our own, since Qt's own switch does nothing on many systems."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication

from .style import style_sheet


@dataclass(frozen=True, slots=True)
class Theme:
    """Every colour of the window by its meaning, as ``#rrggbb``. Text colours pass WCAG AA on ``panel``."""

    dark: bool
    window: str
    panel: str
    border: str
    base: str
    alternate: str
    text: str
    muted: str
    disabled: str
    accent: str
    accent_text: str
    selection: str
    selection_text: str
    ok: str
    ok_back: str
    warning: str
    warning_back: str
    error: str
    error_back: str
    neutral_back: str
    sent: str
    received: str
    waiting_bar: str
    json_key: str
    json_string: str
    json_number: str
    json_literal: str
    correlation: tuple[str, ...]
    """Colours that correlation IDs take in turn; four characters of the ID always stand beside them."""

    def color(self, name: str) -> QColor:
        """The colour called ``name``."""
        return QColor(getattr(self, name))

    def correlation_color(self, correlation_id: str) -> QColor:
        """The same colour for the same ID, in every panel."""
        return QColor(self.correlation[sum(correlation_id.encode()) % len(self.correlation)])


LIGHT = Theme(
    dark=False,
    window="#eceff3", panel="#ffffff", border="#d5dae1", base="#ffffff", alternate="#f6f8fa",
    text="#1c2430", muted="#5b6675", disabled="#8a94a3",
    accent="#1a66d9", accent_text="#ffffff", selection="#d3e4fd", selection_text="#10213a",
    ok="#12733a", ok_back="#dcefe2", warning="#915a08", warning_back="#f6e9d3", error="#9c1121", error_back="#fbe3e1",
    neutral_back="#e8ecf1", sent="#1a5fc4", received="#12733a", waiting_bar="#bcd3f5",
    json_key="#0b4fa8", json_string="#12733a", json_number="#9a4a00", json_literal="#7a2fb0",
    correlation=("#1a66d9", "#b0388a", "#9a5b00", "#0f7b75", "#7a3fc0", "#a33a2a", "#4c6b12", "#4a5a78"),
)  # fmt: skip

DARK = Theme(
    dark=True,
    window="#16191e", panel="#1f242b", border="#363d47", base="#1a1e24", alternate="#242a32",
    text="#e4e8ee", muted="#9aa5b4", disabled="#6b7685",
    accent="#5b9dff", accent_text="#0b1526", selection="#2b4670", selection_text="#f2f6fc",
    ok="#5fd08a", ok_back="#1f3a2b", warning="#ecb051", warning_back="#41331c", error="#ee7063", error_back="#452523",
    neutral_back="#2b323b", sent="#7fb3ff", received="#5fd08a", waiting_bar="#34527f",
    json_key="#85b8ff", json_string="#7fd6a0", json_number="#f0a868", json_literal="#c9a2f5",
    correlation=("#5b9dff", "#ec7fc6", "#f0b557", "#4fcfc6", "#b794f6", "#ff9a8a", "#a9cf5f", "#a8b6d0"),
)  # fmt: skip


class ThemeChoice(StrEnum):
    """What the user asks for."""

    SYSTEM = "system"
    """Follow the desktop, now and when it changes; light where it does not say."""
    LIGHT = "light"
    DARK = "dark"


class ThemeSwitch(QObject):
    """Holds the theme in force and says when it changes: painted parts (delegates, highlighters) listen."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.theme = LIGHT
        self.choice = ThemeChoice.SYSTEM
        self._prepared = False

    def choose(self, choice: ThemeChoice) -> None:
        """Dress the running QApplication as the user asks."""
        self.choice = choice
        hints = _app().styleHints()
        if choice is ThemeChoice.SYSTEM:
            hints.unsetColorScheme()
            self._dress(dark=system_prefers_dark())
        else:
            self.apply(choice is ThemeChoice.DARK)

    def apply(self, dark: bool) -> None:
        """Dress the running QApplication in light or dark."""
        self.choice = ThemeChoice.DARK if dark else ThemeChoice.LIGHT
        _app().styleHints().setColorScheme(Qt.ColorScheme.Dark if dark else Qt.ColorScheme.Light)
        self._dress(dark=dark)

    def _follow(self) -> None:
        dark = system_prefers_dark()
        if self.choice is ThemeChoice.SYSTEM and dark != self.theme.dark:
            self._dress(dark=dark)

    def _dress(self, *, dark: bool) -> None:
        app = _app()
        self.theme = DARK if dark else LIGHT
        if not self._prepared:
            self._prepared = True
            app.setStyle("Fusion")
            app.styleHints().colorSchemeChanged.connect(self._follow)
        sheet = style_sheet(self.theme)
        # Putting on what is worn already takes half a second for nothing: each widget there is gets polished anew.
        if app.styleSheet() != sheet:
            app.setPalette(_palette(self.theme))
            app.setStyleSheet(sheet)
        self.changed.emit()


@functools.cache
def theme_switch() -> ThemeSwitch:
    """The application's one theme switch; needs a QApplication for ``apply`` only."""
    return ThemeSwitch()


def current() -> Theme:
    """The theme in force."""
    return theme_switch().theme


def system_prefers_dark() -> bool:
    """What the desktop asks for; light where it does not say."""
    app = QApplication.instance()
    return isinstance(app, QApplication) and app.styleHints().colorScheme() == Qt.ColorScheme.Dark


def mono_font() -> QFont:
    """The font for wire data."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    font.setPointSizeF(QApplication.font().pointSizeF())
    return font


def _app() -> QApplication:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    return app


def _palette(theme: Theme) -> QPalette:
    palette = QPalette()
    role = QPalette.ColorRole
    roles = {
        role.Window: theme.window, role.WindowText: theme.text, role.Base: theme.base, role.AlternateBase: theme.alternate,
        role.Text: theme.text, role.Button: theme.panel, role.ButtonText: theme.text, role.ToolTipBase: theme.panel,
        role.ToolTipText: theme.text, role.Highlight: theme.selection, role.HighlightedText: theme.selection_text,
        role.Link: theme.accent, role.LinkVisited: theme.accent, role.PlaceholderText: theme.muted,
        role.BrightText: theme.error, role.Light: theme.panel, role.Midlight: theme.neutral_back, role.Mid: theme.border,
        role.Dark: theme.border, role.Shadow: theme.border, role.Accent: theme.accent,
    }  # fmt: skip
    for where, color in roles.items():
        palette.setColor(where, QColor(color))
    for where in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, where, QColor(theme.disabled))
    return palette
