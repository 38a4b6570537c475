"""Where a fresh token comes from: which source, and its settings."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from ...client.client_credentials import token_url
from ...client.config import AuthTransport, CredentialsIn
from ...profiles.profile import TokenSourceKind
from ...profiles.secrets import CLIENT_SECRET, TICKET_SECRET, TOKEN
from ...protocol.token import read_token, strip_bearer, subprotocol_problem
from ...protocol.url_template import DEFAULT_AUTH_TEMPLATE
from ..messages import clock
from ..widgets.form import Field, SecretField, section, words
from ..widgets.look import set_look
from ..widgets.url_text import UrlText
from .connection_token_sources import CommandBox, TicketBox, VariableBox
from .connection_url import effective_auth_url

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ...profiles.profile import Profile
    from ..bridge import SessionBridge
    from ..connector import Connector
    from ..current_profile import CurrentProfile

_KINDS = {
    TokenSourceKind.CLIENT_CREDENTIALS: "Client credentials",
    TokenSourceKind.TICKET_ENDPOINT: "Ticket endpoint",
    TokenSourceKind.COMMAND: "Command",
    TokenSourceKind.ENVIRONMENT: "Environment variable",
    TokenSourceKind.PASTED: "Pasted token",
    TokenSourceKind.NONE: "None",
}
_CREDENTIALS_IN = {
    CredentialsIn.QUERY: "In the query, as documented",
    CredentialsIn.BODY: "In a form body",
    CredentialsIn.BASIC: "In HTTP Basic",
}
_LABEL_WIDTH = 58
_SECRET_PAUSE_MS = 800


class TokenSection(QWidget):
    """Settings of the token source. Secrets go to the keyring or to memory, never into the profile."""

    def __init__(self, bridge: SessionBridge, current: CurrentProfile, connector: Connector) -> None:
        super().__init__()
        self._bridge = bridge
        self._session = bridge.session
        self._current = current
        self._connector = connector
        self._shown_profile = ""
        self._typed_secrets: dict[str, str] = {}
        self._keyring_asked = False
        self._kind = QComboBox()
        self._kind.setObjectName("connectionTokenSourceCombo")
        self._kind.setAccessibleName("Token source")
        self._kind.setToolTip("Where a fresh token for each attempt comes from")
        for kind, name in _KINDS.items():
            self._kind.addItem(name, kind)
        # Qt hands back a plain text for what was put in.
        self._kind.activated.connect(
            lambda index: current.edit(token_source_kind=TokenSourceKind(self._kind.itemData(index)))
        )
        self._unused = words("connectionTokenUnused")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(section("Token source"))
        self.doctor = QToolButton()
        self.doctor.setObjectName("connectionTokenDoctorButton")
        self.doctor.setText("Doctor…")
        self.doctor.setProperty("tight", True)  # beside the longest source, in the narrowest panel
        self.doctor.setAccessibleName("Token doctor")
        self.doctor.setToolTip("What the token says of itself, what is wrong with it, how long it lives, where it went")
        line = QHBoxLayout()
        line.setSpacing(2)
        line.addWidget(self._kind, 1)
        line.addWidget(self.doctor)
        layout.addLayout(line)
        layout.addWidget(self._unused)
        self._credentials = self._build_credentials()
        self._pasted = self._build_pasted()
        self._ticket = TicketBox(current)
        self._ticket.secretEdited.connect(self._secret_edited)
        self._ticket.secret.edit.editingFinished.connect(self.keep_secret)
        self._command = CommandBox(current)
        self._variable = VariableBox(current)
        self._reused = self._build_reuse()
        for box in (self._credentials, self._ticket, self._command, self._variable, self._pasted, self._reused):
            layout.addWidget(box)
        layout.addWidget(self._kept)
        self._secret_pause = QTimer(self)
        self._secret_pause.setSingleShot(True)
        self._secret_pause.setInterval(_SECRET_PAUSE_MS)
        self._secret_pause.timeout.connect(self.keep_secret)
        connector.secretGiven.connect(self._load_secrets)
        current.book.secretsForgotten.connect(self._forget_typed)
        bridge.stateChanged.connect(self._show_token)
        # Each time a used token goes out again is a decision of its own.
        bridge.handshakeDone.connect(lambda: self._set_reuse(False))

    def show_profile(self, profile: Profile) -> None:
        """Show the values of ``profile``; its secrets follow when the keyring has answered."""
        self._kind.setCurrentIndex(self._kind.findData(profile.token_source_kind))
        unused = profile.auth_transport is AuthTransport.NONE
        self._unused.setText("Not used: the auth transport sends no token." if unused else "")
        self._credentials.setVisible(profile.token_source_kind is TokenSourceKind.CLIENT_CREDENTIALS)
        self._pasted.setVisible(profile.token_source_kind is TokenSourceKind.PASTED)
        self._ticket.setVisible(profile.token_source_kind is TokenSourceKind.TICKET_ENDPOINT)
        self._command.setVisible(profile.token_source_kind is TokenSourceKind.COMMAND)
        self._variable.setVisible(profile.token_source_kind is TokenSourceKind.ENVIRONMENT)
        for box in (self._ticket, self._command, self._variable):
            box.show_profile(profile)
        self._auth_url.set_text(profile.auth_url)
        self._client_id.set_text(profile.client_id)
        self._credentials_in.setCurrentIndex(list(_CREDENTIALS_IN).index(profile.credentials_in))
        url = effective_auth_url(profile)
        asked = token_url(url) if url else ""
        self._effective.set_text("" if asked == profile.auth_url.strip() else asked)
        if profile.id != self._shown_profile:
            self.keep_secret()
            self._shown_profile = profile.id
            for field in (self._secret, self._token, self._ticket.secret):
                field.set_text("")
                field.hide_text()
            self._set_reuse(False)
            self._load_secrets()
        self._show_kept()
        self._show_token()

    def show_problems(self, problems: Mapping[str, str]) -> None:
        """Mark the fields that are wrong."""
        self._auth_url.set_problem(problems.get("auth_url", ""))
        self._client_id.set_problem(problems.get("client_id", ""))
        self._secret.set_problem(problems.get("client_secret", ""))
        for box in (self._ticket, self._command, self._variable):
            box.show_problems(problems)
        self._token_problem = problems.get("token", "")
        self._show_token()

    def widget_of(self, field: str) -> QWidget | None:
        """The line to type in for the profile's ``field``."""
        rows = {
            "auth_url": self._auth_url,
            "client_id": self._client_id,
            CLIENT_SECRET: self._secret,
            TOKEN: self._token,
            "ticket_url": self._ticket.url,
            "token_field": self._ticket.field,
            TICKET_SECRET: self._ticket.secret,
            "token_command": self._command.command,
            "token_variable": self._variable.name,
        }
        if field == "ticket_headers":
            return self._ticket.headers
        return rows[field].edit if field in rows else None

    def keep_secret(self) -> None:
        """Hand the typed client secret over to where it is kept, now."""
        if self._secret_pause.isActive():
            self._secret_pause.stop()
            for field, secret in self._typed_secrets.items():
                self._bridge.start(self._keep(self._shown_profile, field, secret), "keep secret")
            self._typed_secrets.clear()

    def _forget_typed(self) -> None:
        self._secret_pause.stop()
        self._typed_secrets.clear()
        for field in (self._secret, self._token, self._ticket.secret):
            field.set_text("")
        self._show_kept()
        self._show_token()

    def _build_credentials(self) -> QWidget:
        box = QWidget()
        self._auth_url = Field(
            "Auth URL template",
            "connectionAuthUrlEdit",
            "Authentication URL template",
            above=True,
            url=True,
            placeholder=DEFAULT_AUTH_TEMPLATE,
            tip="Where the token is asked for; takes the same placeholders. /token is added where it is missing",
        )
        self._auth_url.edited.connect(lambda text: self._current.edit(auth_url=text))
        self._effective = UrlText("connectionEffectiveTokenUrl", "Effective token URL")
        self._effective.setToolTip("Where the token is asked for, by POST")
        self._client_id = Field("Client ID", "connectionClientIdEdit", "Client ID", label_width=_LABEL_WIDTH)
        self._client_id.edit.setToolTip("As the tenant's onboarding names it")
        self._client_id.edited.connect(lambda text: self._current.edit(client_id=text))
        self._secret = SecretField(
            "Secret",
            "connectionClientSecretEdit",
            "Client secret",
            label_width=_LABEL_WIDTH,
            tip="Never written into a file",
        )
        self._secret.edited.connect(lambda _text: self._secret_edited())
        self._secret.edit.editingFinished.connect(self.keep_secret)
        self._kept = words("connectionSecretKept")
        self._credentials_in = QComboBox()
        self._credentials_in.setObjectName("connectionCredentialsInCombo")
        self._credentials_in.setAccessibleName("Where client ID and secret travel")
        self._credentials_in.setToolTip(
            "In the query, as the service documents it: servers on the way may log the secret then.\n"
            "In a form body or by HTTP Basic, as RFC 6749 asks."
        )
        for way, name in _CREDENTIALS_IN.items():
            self._credentials_in.addItem(name, way)
        self._credentials_in.activated.connect(
            lambda index: self._current.edit(credentials_in=CredentialsIn(self._credentials_in.itemData(index)))
        )
        _stack(box, self._auth_url, self._effective, self._client_id, self._secret, self._credentials_in)
        return box

    def _build_pasted(self) -> QWidget:
        box = QWidget()
        self._token_problem = ""
        self._token = SecretField(
            "Token",
            "connectionTokenEdit",
            "Pasted token",
            label_width=_LABEL_WIDTH,
            placeholder="Paste a fresh token",
            tip="A JWT, with or without Bearer; kept until the app is closed",
        )
        self._token.edited.connect(self._token_edited)
        self._reading = words("connectionTokenReading")
        _stack(box, self._token, self._reading)
        return box

    def _build_reuse(self) -> QWidget:
        box = QWidget()
        self._used = words("connectionTokenUsed", "warning")
        self._reuse = QCheckBox("Send it again all the same")
        self._reuse.setObjectName("connectionAllowReuseCheck")
        self._reuse.setAccessibleName("Send the used token again all the same")
        self._reuse.setToolTip("To see what the server does; each token opens one connection")
        self._reuse.clicked.connect(self._set_reuse)
        _stack(box, self._used, self._reuse)
        return box

    def _secret_edited(self) -> None:
        if self._current.profile.token_source_kind is TokenSourceKind.TICKET_ENDPOINT:
            self._typed_secrets[TICKET_SECRET] = self._ticket.secret.edit.text()
        else:
            self._typed_secrets[CLIENT_SECRET] = self._secret.edit.text()
        self._secret_pause.start()

    def _token_edited(self, text: str) -> None:
        self._set_reuse(False)
        self._token_problem = ""
        self._bridge.start(self._keep(self._current.profile.id, TOKEN, text.strip()), "keep token")
        self._show_token()

    def _set_reuse(self, allowed: bool) -> None:
        self._connector.allow_reuse = allowed
        self._reuse.setChecked(allowed)

    def _show_token(self) -> None:
        profile = self._current.profile
        token = self._token.edit.text()
        sent = token
        if profile.token_source_kind is TokenSourceKind.ENVIRONMENT:
            sent = os.environ.get(profile.token_variable, "")
        elif profile.token_source_kind is not TokenSourceKind.PASTED:
            sent = ""
        used = bool(sent) and sent in self._session.used_tokens
        self._used.setText("⚠ Used once: it was sent already, and each token opens one connection." if used else "")
        self._reuse.setVisible(used)
        self._reused.setVisible(used)
        by_subprotocol = profile.auth_transport is AuthTransport.SUBPROTOCOL
        unfit = subprotocol_problem(strip_bearer(token)) if token and by_subprotocol else ""
        self._token.set_problem(self._token_problem or unfit)
        self._reading.setText(_read(token) if token else "")

    def _load_secrets(self) -> None:
        self._bridge.start(self._load(self._current.profile.id), "load secrets")

    async def _load(self, profile_id: str) -> None:
        secret = await self._current.secrets.get(profile_id, CLIENT_SECRET)
        token = await self._current.secrets.get(profile_id, TOKEN)
        ticket_secret = await self._current.secrets.get(profile_id, TICKET_SECRET)
        if profile_id != self._current.profile.id:
            return
        self._keyring_asked = True
        if secret and CLIENT_SECRET not in self._typed_secrets:
            self._secret.set_text(secret)
        if token:
            self._token.set_text(token)
        if ticket_secret and TICKET_SECRET not in self._typed_secrets:
            self._ticket.secret.set_text(ticket_secret)
        self._show_kept()
        self._show_token()

    async def _keep(self, profile_id: str, field: str, secret: str) -> None:
        await self._current.secrets.set(profile_id, field, secret, remember=field != TOKEN)
        self._keyring_asked = True
        self._show_kept()

    def _show_kept(self) -> None:
        if not self._keyring_asked or self._current.profile.secret_field not in (CLIENT_SECRET, TICKET_SECRET):
            self._kept.setText("")
            return
        notice = self._current.secrets.notice
        set_look(self._kept, "role", "warning" if notice else "muted")
        self._kept.setText("⚠ No keyring: kept until the app ends." if notice else "Kept in the desktop's keyring.")
        self._kept.setToolTip(notice)
        self._kept.setAccessibleDescription(notice)


def _read(token: str) -> str:
    reading = read_token(token)
    if reading.problem:
        return reading.problem
    facts = ["JWT"]
    if reading.subject:
        facts.append(f"for {reading.subject}")
    if reading.expires_unix_s is not None:
        left = reading.expires_unix_s - time.time()
        facts.append(f"expires in {clock(left)}" if left > 0 else f"expired {clock(-left)} ago")
    return " · ".join(facts)


def _stack(box: QWidget, *widgets: QWidget) -> None:
    layout = QVBoxLayout(box)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(6)
    for widget in widgets:
        layout.addWidget(widget)
