"""The first row of the composer: which action, from which template, in which mode."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QSizePolicy,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
    QWidget,
)

from ...protocol.actions import RULES, Action

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtGui import QPaintEvent

    from ...compose.templates import Template

_MODES = (
    ("Payload in an envelope", "The editor holds session and request; headers are generated around it."),
    ("Whole message as typed", "The editor holds all that goes out, as one text message, JSON or not."),
)


_TEMPLATE_TIP = "Puts a template in place of the text. Undo (Ctrl+Z) brings the text back."
_LIST_MARGIN = 24
_TEXT_MARGIN = 4


class ComposerControls(QWidget):
    """Combo boxes for action, template and mode. The signals tell of the user's choices, not of ``set_…`` calls."""

    actionChosen = Signal(str)
    """Wire name of an action."""
    templateChosen = Signal(str)
    """Name of a template of the current action; also when it is chosen again."""
    modeChosen = Signal(bool)
    """Whether the editor holds the whole message."""

    def __init__(self, templates: Callable[[Action], Sequence[Template]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._templates = templates
        self._action_combo = _GivingCombo("composerActionCombo", "Action", 164)
        for action in Action:
            self._action_combo.addItem(f"{action.sdk_name}{' · deprecated' if action.deprecated else ''}", action.value)
            self._action_combo.setItemData(
                self._action_combo.count() - 1, RULES[action].purpose, Qt.ItemDataRole.ToolTipRole
            )
        self._template_combo = _GivingCombo("composerTemplateCombo", "Template", 132)
        self._mode_combo = _GivingCombo("composerModeCombo", "What the editor holds", 212)
        for text, tip in _MODES:
            self._mode_combo.addItem(text)
            self._mode_combo.setItemData(self._mode_combo.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        for combo in (self._action_combo, self._template_combo, self._mode_combo):
            layout.addWidget(combo, combo.maximumWidth())
        layout.addStretch(1)
        self._action_combo.activated.connect(lambda _index: self.actionChosen.emit(self._action_combo.currentData()))
        self._template_combo.activated.connect(
            lambda _index: self.templateChosen.emit(self._template_combo.currentData())
        )
        self._mode_combo.activated.connect(lambda index: self.modeChosen.emit(index == 1))

    def add(self, widget: QWidget) -> None:
        """A further control at the row's right end."""
        layout = self.layout()
        assert layout is not None
        layout.addWidget(widget)

    def set_action(self, action: Action) -> None:
        """Show an action and offer its templates."""
        self._action_combo.setCurrentIndex(self._action_combo.findData(action.value))
        self._action_combo.setToolTip(RULES[action].purpose)
        self._template_combo.clear()
        for template in self._templates(action):
            self._template_combo.addItem(template.name, template.name)
            last = self._template_combo.count() - 1
            self._template_combo.setItemData(last, template.description, Qt.ItemDataRole.ToolTipRole)
        self.show_template("", edited=False)

    def show_template(self, name: str, *, edited: bool) -> None:
        """Show which template the text is, or was made from."""
        self._template_combo.setPlaceholderText(f"{name} *" if name and edited else "Template…")
        made = f"Made from the template {name}, and edited.\n" if name and edited else ""
        self._template_combo.setToolTip(f"{made}{_TEMPLATE_TIP}")
        self._template_combo.setAccessibleDescription(f"{made}{_TEMPLATE_TIP}")
        self._template_combo.setCurrentIndex(-1 if edited or not name else self._template_combo.findData(name))

    def set_whole(self, whole: bool) -> None:
        """Show the mode."""
        self._mode_combo.setCurrentIndex(1 if whole else 0)
        self._mode_combo.setToolTip(_MODES[1 if whole else 0][1])


class _GivingCombo(QComboBox):
    """A combo box that is ``widest`` pixels wide where there is room, and elides its text where there is not."""

    def __init__(self, object_name: str, accessible_name: str, widest: int) -> None:
        super().__init__()
        self.setObjectName(object_name)
        self.setAccessibleName(accessible_name)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(5)
        self.setMaximumWidth(widest)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def showPopup(self) -> None:
        """Let the list be as wide as its texts."""
        widest = max(
            (self.fontMetrics().horizontalAdvance(self.itemText(row)) for row in range(self.count())), default=0
        )
        self.view().setMinimumWidth(widest + _LIST_MARGIN)
        super().showPopup()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the text elided; Qt would clip it."""
        painter = QStylePainter(self)
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        if self.currentIndex() < 0:
            option.currentText = self.placeholderText()
            option.palette.setBrush(QPalette.ColorRole.ButtonText, option.palette.placeholderText())
        field = self.style().subControlRect(
            QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, self
        )
        room = field.width() - _TEXT_MARGIN
        option.currentText = self.fontMetrics().elidedText(option.currentText, Qt.TextElideMode.ElideRight, room)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
