"""Keeps the wheel from changing what one only wanted to scroll past."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QAbstractSpinBox, QComboBox, QWidget


class WheelGuard(QObject):
    """Lets combo boxes and number fields below ``root`` take the wheel only while they have the focus."""

    def __init__(self, root: QWidget) -> None:
        super().__init__(root)
        for kind in (QComboBox, QAbstractSpinBox):
            for widget in [root] if isinstance(root, kind) else root.findChildren(kind):
                widget.installEventFilter(self)

    def eventFilter(self, watched, event) -> bool:
        if event.type() == QEvent.Type.Wheel and not watched.hasFocus():
            event.ignore()
            return True
        return super().eventFilter(watched, event)
