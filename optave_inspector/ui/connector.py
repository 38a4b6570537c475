"""Connecting and closing as the current profile says: one way for buttons, menus and the message bar."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from ..client.connection import ConnectFailed
from ..errors import InspectorError
from ..paths import approved_commands_file
from ..profiles.approved_commands import ApprovedCommands
from ..profiles.network import known_secrets
from ..profiles.profile import ProfileError, TokenSourceKind
from ..profiles.secrets import CLIENT_SECRET, TICKET_SECRET, TOKEN
from ..protocol.states import ConnectionState

if TYPE_CHECKING:
    from ..client.tls_words import UntrustedPeer
    from ..profiles.profile import Profile
    from .bridge import SessionBridge
    from .current_profile import CurrentProfile


_CALLED = {TOKEN: "a token", CLIENT_SECRET: "the client secret", TICKET_SECRET: "the secret of its ticket endpoint"}


class Connector(QObject):
    """Joins the current profile, its secret and the session. The bridge tells failures, ``refused`` what to correct."""

    refused = Signal(str, str)
    """The profile cannot connect as it is: the name of its field, and why in words."""
    secretNeeded = Signal(str, str)
    """A secret is missing: ``client_secret`` or ``token``, and what to say. Answer by :meth:`connect_with`."""
    leaveNeeded = Signal(str)
    """The user has not agreed yet to run this command for a token. Answer by :meth:`connect_running`."""
    secretGiven = Signal()
    """A secret was entered and is kept now."""

    def __init__(self, bridge: SessionBridge, current: CurrentProfile, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._session = bridge.session
        self._current = current
        self._starting = False
        self.used: Profile | None = None
        """The profile of the newest attempt, as it was then."""
        self.allow_reuse = False
        """The user's decision to send a pasted token again; falls back to False with every other token."""

    @property
    def busy(self) -> bool:
        """Whether an attempt is under way: asked for and not yet open or failed."""
        return self._starting

    def connect_now(self) -> None:
        """Open a connection by the current profile. Does nothing while one is open or under way."""
        if self._starting or self._session.state is not ConnectionState.CLOSED:
            return
        self._starting = True
        self._bridge.start(self._connect(self._current.profile), "connect")

    async def connect_again(self) -> None:
        """Open a further connection by the profile of the newest attempt, as it is set now, with a fresh token.

        Does nothing while one is open or under way, and after another profile was chosen.
        """
        profile = self._current.profile
        if self._starting or self.used is None or self.used.id != profile.id:
            return
        self._starting = True
        await self._connect(profile)

    def connect_with(self, field: str, secret: str) -> None:
        """Keep a secret that was asked for, and connect."""
        if self._starting or self._session.state is not ConnectionState.CLOSED:
            return
        self._starting = True
        self._bridge.start(self._keep_and_connect(self._current.profile, field, secret), "connect")

    def connect_running(self, command: str) -> None:
        """Agree to a token command, now and from now on, and connect."""
        if self._starting or self._session.state is not ConnectionState.CLOSED:
            return
        self._starting = True
        self._bridge.start(self._approve_and_connect(self._current.profile, command), "connect")

    def connect_accepting(self, peer: UntrustedPeer) -> None:
        """Accept the certificate that ``peer`` showed, for this session, and connect."""
        if self._starting or self._session.state is not ConnectionState.CLOSED:
            return
        self._session.accept_certificate(peer)
        self.connect_now()

    def disconnect_now(self) -> None:
        """Close with 1000, or give up connecting."""
        self.close_with(1000, "")

    def close_with(self, code: int, reason: str) -> None:
        """Close with a code and a reason of the user's choice."""
        if self._session.state in (ConnectionState.OPEN, ConnectionState.CONNECTING):
            self._bridge.start(self._session.close(code, reason), "close")

    def drop(self) -> None:
        """Drop the TCP connection without a close frame."""
        self._session.abort()

    async def _keep_and_connect(self, profile: Profile, field: str, secret: str) -> None:
        await self._current.secrets.set(profile.id, field, secret, remember=field != TOKEN)
        self.secretGiven.emit()
        await self._connect(profile)

    async def _approve_and_connect(self, profile: Profile, command: str) -> None:
        try:
            await asyncio.to_thread(_approve, command)
        except InspectorError as error:
            self._bridge.warned.emit("warning", str(error))
            self._starting = False
            return
        await self._connect(profile)

    async def _connect(self, profile: Profile) -> None:
        try:
            problems = profile.problems()
            if problems:
                self.refused.emit(problems[0].field, problems[0].sentence)
                return
            secret = await self._secret(profile)
            if secret is None:
                return
            runs = profile.token_command if profile.token_source_kind is TokenSourceKind.COMMAND else ""
            if runs and profile.sends_token and not await asyncio.to_thread(is_approved, runs):
                self.leaveNeeded.emit(runs)
                return
            known = await known_secrets(profile, self._current.secrets)
            config = profile.connection_config(known)
            self.used = profile
            source = profile.token_source(secret, allow_reuse=self.allow_reuse, secrets=known)
            await self._session.connect(config, source)
        except ProfileError as error:
            self.refused.emit(error.field, str(error))
        except ConnectFailed:
            return  # told by the bridge's own signal
        except InspectorError as error:
            self._bridge.warned.emit("error", str(error))
        finally:
            self._starting = False

    async def _secret(self, profile: Profile) -> str | None:
        """The client secret or the token, empty where none is needed; None when the user must be asked first."""
        field = profile.secret_field
        if not field:
            return ""
        secret = await self._current.secrets.get(profile.id, field)
        if secret:
            return secret
        what = _CALLED[field]
        memory, keyring = "It is kept until the app is closed.", "It is kept in the desktop's keyring, never in a file."
        where = memory if field == TOKEN else self._current.secrets.notice or keyring
        self.secretNeeded.emit(field, f"“{profile.name}” needs {what} to connect. {where}")
        return None


def _approve(command: str) -> None:
    ApprovedCommands(approved_commands_file()).approve(command)


def is_approved(command: str) -> bool:
    """Whether the user agreed to run ``command`` for a token. Reads a file."""
    return command in ApprovedCommands(approved_commands_file())
