"""The list of profiles as a combo box."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QComboBox, QSizePolicy, QWidget

from ..profile_marks import PRODUCTION, colour_icon, profile_color
from ..theme import theme_switch
from ..widgets.wheel_guard import WheelGuard

if TYPE_CHECKING:
    from ..current_profile import CurrentProfile


class ProfileCombo(QComboBox):
    """Shows all profiles and chooses one; stays true to :class:`CurrentProfile` whoever chose it."""

    def __init__(self, current: CurrentProfile, object_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._current = current
        self.setObjectName(object_name)
        self.setAccessibleName("Profile")
        self.setToolTip("The profile to connect with")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(14)
        self.setMinimumWidth(110)
        WheelGuard(self)
        self.activated.connect(self._activated)
        current.listChanged.connect(self._fill)
        current.chosen.connect(self._fill)
        current.edited.connect(self._fill_if_marked)
        theme_switch().changed.connect(self._fill)
        self._fill()

    def _fill_if_marked(self) -> None:
        profile = self._current.profile
        if self._marks != (profile.colour, profile.production):
            self._fill()

    def _fill(self) -> None:
        profile = self._current.profile
        self._marks = profile.colour, profile.production
        with QSignalBlocker(self):
            self.clear()
            named = [(self._current.book[profile_id], name) for profile_id, name in self._current.names()]
            # The room of a dot is kept only where there is one to stand in line with.
            marked = any(profile_color(one) is not None for one, _ in named)
            for one, name in named:
                self.addItem(f"{name} · {PRODUCTION}" if one.production else name, one.id)
                if marked:
                    self.setItemIcon(self.count() - 1, colour_icon(profile_color(one)))
            self.setAccessibleDescription("A production profile" if profile.production else "")
            self.setCurrentIndex(max(self.findData(self._current.profile.id), 0))

    def _activated(self, index: int) -> None:
        self._current.choose(self.itemData(index))
