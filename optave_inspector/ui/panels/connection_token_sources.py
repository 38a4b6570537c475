"""The settings of token sources other than client credentials and pasted tokens, one box each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from ...client.config import SECRET_PLACEHOLDER
from ...profiles.checks import TICKET_METHODS
from ..widgets.form import Field, SecretField, words
from ..widgets.headers_edit import HeadersEdit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ...profiles.profile import Profile
    from ..current_profile import CurrentProfile

_LABEL_WIDTH = 58


class TicketBox(QWidget):
    """An endpoint of one's own: URL, method, headers, where the token stands in its answer."""

    secretEdited = Signal()

    def __init__(self, current: CurrentProfile) -> None:
        super().__init__()
        self._current = current
        self.url = Field(
            "Ticket URL template",
            "connectionTicketUrlEdit",
            "Ticket URL template",
            above=True,
            url=True,
            placeholder="https://your-backend.example/api/optave/ws-ticket",
            tip="The endpoint of your own that hands out tokens; takes the same placeholders as the URL",
        )
        self.url.edited.connect(lambda text: current.edit(ticket_url=text))
        self._method = QComboBox()
        self._method.setObjectName("connectionTicketMethodCombo")
        self._method.setAccessibleName("HTTP method of the ticket endpoint")
        self._method.setToolTip("POST without a body, as the SDK asks, or GET")
        self._method.addItems(TICKET_METHODS)
        self._method.textActivated.connect(lambda text: current.edit(ticket_method=text))
        self.field = Field(
            "Field",
            "connectionTokenFieldEdit",
            "Field of the answer with the token",
            placeholder="token, then access_token",
            tip="Name of the answer's field with the token, or a path to it such as data.token",
        )
        self.field.edited.connect(lambda text: current.edit(token_field=text))
        line = QHBoxLayout()
        line.setSpacing(6)
        line.addWidget(self._method)
        line.addWidget(self.field, 1)
        self.headers = HeadersEdit(
            "connectionTicketHeadersEdit",
            "Headers of the ticket request",
            placeholder=f"X-Api-Key: {SECRET_PLACEHOLDER}",
            tip=f"Name: value. {SECRET_PLACEHOLDER} stands for the secret below, which no file holds.",
        )
        self.headers.edited.connect(self._headers_edited)
        self.secret = SecretField(
            "Secret",
            "connectionTicketSecretEdit",
            "Secret of the ticket endpoint",
            label_width=_LABEL_WIDTH,
            tip=f"Goes where {SECRET_PLACEHOLDER} stands in a header; never written into a file",
        )
        self.secret.edited.connect(lambda _text: self.secretEdited.emit())
        layout = _stacked(self)
        layout.addWidget(self.url)
        layout.addLayout(line)
        layout.addWidget(self.headers)
        layout.addWidget(self.secret)

    def show_profile(self, profile: Profile) -> None:
        """Show its values; what is being typed stays as it is."""
        self.url.set_text(profile.ticket_url)
        self.field.set_text(profile.token_field)
        self._method.setCurrentText(profile.ticket_method)
        self.headers.set_headers(profile.ticket_headers)
        self._show_secret(profile)

    def show_problems(self, problems: Mapping[str, str]) -> None:
        """Mark the fields that are wrong."""
        self.url.set_problem(problems.get("ticket_url", ""))
        self.field.set_problem(problems.get("token_field", ""))
        self.secret.set_problem(problems.get("ticket_secret", ""))
        self.headers.set_problem(problems.get("ticket_headers", ""))

    def _headers_edited(self, headers: dict[str, str]) -> None:
        self._current.edit(ticket_headers=headers)
        self._show_secret(self._current.profile)

    def _show_secret(self, profile: Profile) -> None:
        self.secret.setVisible(any(SECRET_PLACEHOLDER in each for each in profile.ticket_headers.values()))


class CommandBox(QWidget):
    """A command whose output is the token."""

    def __init__(self, current: CurrentProfile) -> None:
        super().__init__()
        self.command = Field(
            "Command",
            "connectionTokenCommandEdit",
            "Command that prints a token",
            above=True,
            placeholder="vault read -field=token secret/optave",
            tip="Its output is the token. It is run without a shell: no pipes, no variables",
        )
        self.command.edited.connect(lambda text: current.edit(token_command=text))
        note = words("connectionTokenCommandNote")
        note.setText("Run for each connection, without a shell. You are asked before the first time.")
        layout = _stacked(self)
        layout.addWidget(self.command)
        layout.addWidget(note)

    def show_profile(self, profile: Profile) -> None:
        """Show its value."""
        self.command.set_text(profile.token_command)

    def show_problems(self, problems: Mapping[str, str]) -> None:
        """Mark the field when it is wrong."""
        self.command.set_problem(problems.get("token_command", ""))


class VariableBox(QWidget):
    """An environment variable that holds the token."""

    def __init__(self, current: CurrentProfile) -> None:
        super().__init__()
        self.name = Field(
            "Variable",
            "connectionTokenVariableEdit",
            "Environment variable with the token",
            placeholder="OPTAVE_TOKEN",
            tip="Read when you connect, from the environment in which the app was started",
        )
        self.name.edited.connect(lambda text: current.edit(token_variable=text.strip()))
        note = words("connectionTokenVariableNote")
        note.setText("As it was when the app started; it opens one connection.")
        layout = _stacked(self)
        layout.addWidget(self.name)
        layout.addWidget(note)

    def show_profile(self, profile: Profile) -> None:
        """Show its value."""
        self.name.set_text(profile.token_variable)

    def show_problems(self, problems: Mapping[str, str]) -> None:
        """Mark the field when it is wrong."""
        self.name.set_problem(problems.get("token_variable", ""))


def _stacked(box: QWidget) -> QVBoxLayout:
    layout = QVBoxLayout(box)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(6)
    return layout
