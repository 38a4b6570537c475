"""The usual fields of a request, beside its text: what the action needs first, the others in groups that fold."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QPushButton, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from ...compose.completion import Setting, help_text
from ...compose.form_fields import CONVERSATIONS, form_groups, other_needs
from .form import words
from .form_inputs import MISSING, ChoiceInput, Input, LineInput, TextInput, UndoKeys
from .messages_form import MessagesForm
from .wheel_guard import WheelGuard

if TYPE_CHECKING:
    from collections.abc import Callable

    from ...compose.form_fields import FormField
    from ...protocol.actions import Action
    from ...protocol.contract_fields import ContractFields
    from ...protocol.envelope import Generated

_NARROWEST = 230


class RequestForm(QFrame):
    """Shows values and tells what the user wants; the text is changed by who listens. Paths start in the payload."""

    changed = Signal(object, object)
    leftOut = Signal(object)

    def __init__(self, prefix: str, action: Action, fields: ContractFields, fresh: Callable[[], Generated]) -> None:
        super().__init__()
        self.setObjectName(f"{prefix}Form")
        self.setAccessibleName("Form of the request")
        self.setMinimumWidth(_NARROWEST)
        self._prefix, self._fields = prefix, fields
        self._values: Any = MISSING
        self.inputs: dict[tuple[str, ...], Input] = {}
        self._groups: dict[str, _Group] = {}
        self._members: dict[str, list[tuple[str, ...]]] = {}
        self._may_be_empty: set[tuple[str, ...]] = set()
        self._problem = words(f"{prefix}FormProblem", "warning")
        self._needs = words(f"{prefix}FormNeeds")
        self.messages = MessagesForm(prefix, fresh)
        self.undo_keys = UndoKeys(self)
        self._body = QWidget()
        self._column = QVBoxLayout(self._body)
        self._column.setContentsMargins(2, 0, 6, 4)
        self._column.setSpacing(2)
        scroll = QScrollArea()
        scroll.setObjectName(f"{prefix}FormScroll")
        scroll.setAccessibleName("Fields of the request")
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(self._body)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self._problem)
        layout.addWidget(scroll, 1)
        self.messages.changed.connect(self.changed)
        self.messages.leftOut.connect(self.leftOut)
        for one in self.messages.inputs():
            one.control.installEventFilter(self.undo_keys)
        self.set_action(action)
        self._column.addStretch(1)
        self._wheel_guard = WheelGuard(self)

    def set_action(self, action: Action) -> None:
        """Put what the action needs first; what is folded stays so."""
        setting = Setting(action)
        self._members = {}
        for number, group in enumerate(form_groups(action, self._fields)):
            name = "Needed" if number == 0 else group.title
            holder = self._group(name, opened=number == 0)
            holder.set_title(group.title)
            self._members[name] = [one.path for one in group.fields]
            self._may_be_empty |= {one.path for one in group.fields if one.may_be_empty}
            for one in group.fields:
                shown = self.inputs.get(one.path) or self._make(one)
                shown.set_help(help_text(one.field, one.path, setting), required=bool(one.required))
                holder.add(shown)
            if number == 0:
                self._needs.setText("\n".join(other_needs(action)))
                holder.add(self._needs)
                self._group("Messages", opened=True).add(self.messages)
        self._order()
        self._show_counts()

    def show_values(self, values: Any) -> None:
        """Show the payload that the text holds."""
        self._values = values
        self._problem.setText("")
        self._body.setEnabled(True)
        for path, one in self.inputs.items():
            one.show_value(_at(values, path))
        self.messages.show_conversations(_at(values, CONVERSATIONS))
        self._show_counts()

    def show_problem(self, sentence: str) -> None:
        """The text cannot be filled in by a form: say why, and take nothing until it can."""
        self._problem.setText(f"⚠ {sentence} The form waits until that is mended.")
        self._body.setEnabled(False)

    def is_waiting(self) -> bool:
        """Whether the form takes nothing."""
        return not self._body.isEnabled()

    def tell(self, path: tuple[Any, ...], sentence: str) -> None:
        """Say at its field why a value could not be set."""
        if path in self.inputs:
            self.inputs[path].set_problem(sentence)
        else:
            self._problem.setText(f"⚠ {sentence}")

    def _make(self, one: FormField) -> Input:
        name = f"{self._prefix}Form{''.join(step[0].upper() + step[1:] for step in one.path)}"
        label, field = one.field.name, one.field
        made: Input
        if field.values or field.kind == "boolean":
            choices = [(value, value) for value in field.values] or [("true", True), ("false", False)]
            made = ChoiceInput(label, f"{name}Combo", choices)
        elif one.is_long:
            made = TextInput(label, f"{name}Edit")
        else:
            made = LineInput(label, f"{name}Edit", number=field.kind == "number")
        made.changed.connect(lambda value, path=one.path: self.changed.emit(path, value))
        made.leftOut.connect(lambda path=one.path: self.leftOut.emit(path))
        made.control.installEventFilter(self.undo_keys)
        self.inputs[one.path] = made
        return made

    def _order(self) -> None:
        """Tab goes through the form as one reads it."""
        chain: list[QWidget] = []
        for name, group in self._groups.items():
            chain.append(group.button)
            chain += self.messages.in_order() if name == "Messages" else []
            chain += [one for path in self._members.get(name, ()) for one in self.inputs[path].in_order()]
        for before, after in pairwise(chain):
            QWidget.setTabOrder(before, after)

    def _group(self, name: str, *, opened: bool) -> _Group:
        if name not in self._groups:
            self._groups[name] = _Group(f"{self._prefix}Form{name}Button", name, opened=opened)
            self._column.addWidget(self._groups[name])
        return self._groups[name]

    def _show_counts(self) -> None:
        for name, paths in self._members.items():
            given = [path for path in paths if self._is_given(path)]
            missing = len(paths) - len(given) if name == "Needed" else 0
            self._groups[name].set_note(f"{missing} missing" if missing else f"{len(given)} given" if given else "")
        count = self.messages.count()
        self._groups["Messages"].set_note(f"{count:,}" if count else "none")

    def _is_given(self, path: tuple[str, ...]) -> bool:
        value = _at(self._values, path)
        return value is not MISSING and (value != "" or path in self._may_be_empty)


class _Group(QWidget):
    """Fields under a heading that folds them."""

    def __init__(self, object_name: str, title: str, *, opened: bool) -> None:
        super().__init__()
        self._title, self._note = title, ""
        self.button = QPushButton()
        self.button.setObjectName(object_name)
        self.button.setProperty("fold", True)
        self.button.setCheckable(True)
        self.button.setChecked(opened)
        self.button.setAutoDefault(False)
        self.button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._body = QWidget()
        self._fields = QVBoxLayout(self._body)
        self._fields.setContentsMargins(12, 0, 0, 4)
        self._fields.setSpacing(2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.button)
        layout.addWidget(self._body)
        self.button.toggled.connect(self._fold)
        self._fold(opened)

    def add(self, widget: QWidget) -> None:
        """Put a field at the end, or move it there."""
        self._fields.addWidget(widget)

    def set_title(self, title: str) -> None:
        """Change the heading."""
        self._title = title
        self._name()

    def set_note(self, note: str) -> None:
        """A few words behind the heading."""
        self._note = note
        self._name()

    def _fold(self, opened: bool) -> None:
        self._body.setVisible(opened)
        self._name()

    def _name(self) -> None:
        words_ = f"{self._title} · {self._note}" if self._note else self._title
        opened = self.button.isChecked()
        self.button.setText(f"{'▾' if opened else '▸'} {words_}")
        self.button.setAccessibleName(f"{'Fold' if opened else 'Unfold'} {self._title}")


def _at(value: Any, path: tuple[str, ...]) -> Any:
    for step in path:
        if not isinstance(value, dict) or step not in value:
            return MISSING
        value = value[step]
    return value
