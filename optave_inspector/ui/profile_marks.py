"""How a profile is known at a glance: its colour, and a word where real customers are behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap

from .theme import theme_switch

if TYPE_CHECKING:
    from ..profiles.profile import Profile

PRODUCTION = "PRODUCTION"
_THEME_COLOURS = {
    "red": "error",
    "orange": "warning",
    "green": "ok",
    "blue": "accent",
    "violet": "json_literal",
    "grey": "muted",
}
_SIDE = 12


def marked_name(profile: Profile, name: str = "") -> str:
    """The profile's name for a title, with the word where it is a production profile."""
    shown = name or profile.name
    return f"{PRODUCTION} · {shown}" if profile.production else shown


def profile_color(profile: Profile) -> QColor | None:
    """The colour of ``profile`` in the theme of today; red where it is a production profile, None for none."""
    name = _THEME_COLOURS.get("red" if profile.production else profile.colour)
    return theme_switch().theme.color(name) if name else None


def colour_icon(colour: QColor | None) -> QIcon:
    """A dot; an empty icon of the same size where there is no colour, so that names stay in line."""
    pixmap = QPixmap(_SIDE, _SIDE)
    pixmap.fill(Qt.GlobalColor.transparent)
    if colour is not None:
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawEllipse(QRectF(1, 1, _SIDE - 2, _SIDE - 2))
        painter.end()
    return QIcon(pixmap)


def named_color(name: str) -> QColor | None:
    """The colour that a profile may have, in the theme of today."""
    return theme_switch().theme.color(_THEME_COLOURS[name]) if name in _THEME_COLOURS else None
