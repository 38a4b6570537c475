"""The messages of a request's conversations, as a list with the chosen one below it to be edited."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QComboBox, QHBoxLayout, QListWidget, QPushButton, QVBoxLayout, QWidget

from ...compose.form_fields import CONVERSATIONS
from .form_inputs import MISSING, ChoiceInput, LineInput, TextInput

if TYPE_CHECKING:
    from collections.abc import Callable

    from ...compose.positions import Step
    from ...protocol.envelope import Generated
    from .form_inputs import Input

_ROWS = 6
_LONGEST = 200
_MOST = 2_000
"""Messages that are listed; the text may hold more."""


class MessagesForm(QWidget):
    """Shows one conversation at a time. ``fresh`` gives new IDs and the time for what is added."""

    changed = Signal(object, object)
    """Steps from the payload, and the value that is to stand there."""
    leftOut = Signal(object)
    """Steps from the payload of what is to go."""

    def __init__(self, prefix: str, fresh: Callable[[], Generated]) -> None:
        super().__init__()
        self._fresh = fresh
        self._conversations: list[Any] = []
        self._showing = False
        self._go_to_last = False
        self._conversation = QComboBox()
        self._conversation.setObjectName(f"{prefix}ConversationCombo")
        self._conversation.setAccessibleName("Conversation")
        self._conversation.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._conversation.setMinimumContentsLength(8)
        self.list = QListWidget()
        self.list.setObjectName(f"{prefix}MessagesList")
        self.list.setAccessibleName("Messages of the conversation")
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.list.setUniformItemSizes(True)
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setMinimumWidth(80)
        self._inputs: dict[str, Input] = {
            "participantId": ChoiceInput("Said by", f"{prefix}MessageParticipantCombo", (), "Who said it."),
            "content": TextInput("Content", f"{prefix}MessageContentEdit", "What was said."),
            "timestamp": LineInput("Time", f"{prefix}MessageTimestampEdit", "When, such as 2026-01-31T12:00:00.000Z."),
        }
        self._add = _button(f"{prefix}AddMessageButton", "Add", "Add message", "Adds a message at the end.")
        self._remove = _button(f"{prefix}RemoveMessageButton", "Remove", "Remove message", "Takes this message away.")
        buttons = QHBoxLayout()
        buttons.setSpacing(4)
        buttons.addWidget(self._add)
        buttons.addWidget(self._remove)
        buttons.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self._conversation)
        layout.addWidget(self.list)
        layout.addLayout(buttons)
        for name, one in self._inputs.items():
            layout.addWidget(one)
            one.changed.connect(lambda value, name=name: self._tell(name, value))
            one.leftOut.connect(lambda name=name: self.leftOut.emit((*self._here(), name)))
        self._add.clicked.connect(lambda _checked=False: self._add_message())
        self._remove.clicked.connect(lambda _checked=False: self.leftOut.emit(self._here()))
        self._conversation.activated.connect(lambda _row: self._show_messages())
        self.list.currentRowChanged.connect(lambda _row: self._show_message())

    def inputs(self) -> list[Input]:
        """What one types in."""
        return list(self._inputs.values())

    def in_order(self) -> list[QWidget]:
        """What takes the keyboard, as one reads it."""
        below = [widget for one in self._inputs.values() for widget in one.in_order()]
        return [self._conversation, self.list, self._add, self._remove, *below]

    def show_conversations(self, conversations: Any) -> None:
        """Show what the text holds at ``request.scope.conversations``; MISSING where nothing stands."""
        self._conversations = conversations if isinstance(conversations, list) else []
        self._add.setEnabled(conversations is MISSING or isinstance(conversations, list))
        names = [
            f"{number}. {_text(_get(one, 'conversationId')) or 'conversation'}"
            for number, one in enumerate(self._conversations, 1)
        ]
        row = max(self._conversation.currentIndex(), 0)
        if [self._conversation.itemText(each) for each in range(self._conversation.count())] != names:
            self._conversation.clear()
            self._conversation.addItems(names)
            self._conversation.setCurrentIndex(min(row, len(names) - 1))
        self._conversation.setVisible(len(names) > 1)
        self._show_messages()

    def count(self) -> int:
        """Messages of all conversations."""
        return sum(len(_list(_get(one, "messages"))) for one in self._conversations)

    def _show_messages(self) -> None:
        messages, names = self._messages(), self._participants()
        rows = [_row(message, names) for message in messages[:_MOST]]
        row = self.list.currentRow()
        self._showing = True
        if self.list.count() != len(rows):
            self.list.clear()
            self.list.addItems(rows)
        else:
            for number, text in enumerate(rows):
                item = self.list.item(number)
                if item.text() != text:
                    item.setText(text)
        last = self._go_to_last or row >= len(rows)
        self._go_to_last = False
        self.list.setCurrentRow(len(rows) - 1 if last else max(row, 0))
        self._showing = False
        self.list.setVisible(bool(rows))
        height = max(self.list.sizeHintForRow(0), self.list.fontMetrics().lineSpacing())
        self.list.setFixedHeight(min(len(rows), _ROWS) * height + 6)
        self._show_message()

    def _show_message(self) -> None:
        if self._showing:
            return
        row, messages = self.list.currentRow(), self._messages()
        message = messages[row] if 0 <= row < len(messages) else None
        self._remove.setEnabled(message is not None)
        choice = self._inputs["participantId"]
        assert isinstance(choice, ChoiceInput)
        choice.set_choices([(name, one) for one, name in self._participants().items()])
        for name, one in self._inputs.items():
            one.setVisible(message is not None)
            one.show_value(_get(message, name))

    def _tell(self, name: str, value: Any) -> None:
        self.changed.emit((*self._here(), name), value)

    def _here(self) -> tuple[Step, ...]:
        return (*CONVERSATIONS, max(self._conversation.currentIndex(), 0), "messages", self.list.currentRow())

    def _messages(self) -> list[Any]:
        row = max(self._conversation.currentIndex(), 0)
        return _list(_get(self._conversations[row], "messages")) if row < len(self._conversations) else []

    def _participants(self) -> dict[str, str]:
        """Names by participant ID."""
        row = max(self._conversation.currentIndex(), 0)
        if row >= len(self._conversations):
            return {}
        names = {}
        for one in _list(_get(self._conversations[row], "participants")):
            known, role = _get(one, "participantId"), _text(_get(one, "role"))
            if isinstance(known, str):
                name = _text(_get(one, "displayName")) or known
                names[known] = f"{name} ({role})" if role else name
        return names

    def _add_message(self) -> None:
        """A message of the participant who did not speak last; with a conversation where there is none."""
        generated = self._fresh()
        names, messages = list(self._participants()), self._messages()
        self._go_to_last = True
        if not self._conversations:
            participant = {"participantId": generated.trace_id, "displayName": "Customer", "role": "user"}
            message = {"content": "", "participantId": generated.trace_id, "timestamp": generated.issued_at}
            conversation = {
                "conversationId": generated.correlation_id, "participants": [participant], "messages": [message],
            }  # fmt: skip
            self.changed.emit((*CONVERSATIONS, 0), conversation)
            return
        last = _get(messages[-1], "participantId") if messages else None
        speaker = next((name for name in names if name != last), names[0] if names else "")
        place = (*CONVERSATIONS, max(self._conversation.currentIndex(), 0), "messages", len(messages))
        message = {"content": "", "participantId": speaker, "timestamp": generated.issued_at}
        self.changed.emit(place, message)


def _row(message: Any, names: dict[str, str]) -> str:
    speaker = _text(_get(message, "participantId"))
    content = " ".join(_text(_get(message, "content"))[:_LONGEST].split())
    return f"{names.get(speaker, speaker) or '?'}: {content}"


def _get(value: Any, key: str) -> Any:
    return value.get(key, MISSING) if isinstance(value, dict) else MISSING


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _button(object_name: str, text: str, accessible_name: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    button.setObjectName(object_name)
    button.setAccessibleName(accessible_name)
    button.setToolTip(tip)
    button.setAutoDefault(False)
    return button
