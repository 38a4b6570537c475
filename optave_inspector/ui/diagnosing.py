"""The diagnosis of the current profile's way: what it tries, and with which token."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import TYPE_CHECKING

from ..client.diagnosis import Finding, Verdict, connect_once, diagnose, diagnose_upgrade, without_token
from ..errors import InspectorError
from ..profiles.network import known_secrets
from ..profiles.profile import TokenSourceKind
from .connector import is_approved

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from ..client.config import ConnectionConfig, TokenSourceConfig
    from ..session import Session
    from .current_profile import CurrentProfile

_TAKES = "The diagnosis connects once with a token of the profile, and closes the connection at once."


class Diagnosing:
    """Runs beside the session: nothing of it is captured, but that a token was taken is noted in the log."""

    def __init__(self, session: Session, current: CurrentProfile) -> None:
        self._session = session
        self._current = current

    async def steps(self) -> AsyncIterator[Finding]:
        """Everything up to TLS; no token is taken."""
        try:
            config, _ = await self._settings(with_token=False)
        except InspectorError as error:
            yield Finding("Profile", Verdict.BAD, error.sentence, error.hint)
            return
        async with aclosing(diagnose(config)) as findings:
            async for finding in findings:
                yield finding

    async def upgrade(self, with_token: bool) -> AsyncIterator[Finding]:
        """The upgrade; with a token one is taken, which the log says."""
        try:
            config, source = await self._settings(with_token=with_token)
        except InspectorError as error:
            yield Finding("Token", Verdict.BAD, error.sentence, error.hint)
            return
        if with_token:
            self._session.note(_TAKES)
        attempt = connect_once(config, source, self._session.used_tokens)
        async with aclosing(diagnose_upgrade(config, attempt, with_token=with_token)) as findings:
            async for finding in findings:
                yield finding

    async def _settings(self, *, with_token: bool) -> tuple[ConnectionConfig, TokenSourceConfig]:
        profile, secrets = self._current.profile, self._current.secrets
        known = await known_secrets(profile, secrets)
        accepted = self._session.accepted
        config = accepted.into(profile.connection_config(known))
        if not with_token:
            return without_token(config)
        runs = profile.token_command if profile.token_source_kind is TokenSourceKind.COMMAND else ""
        if runs and profile.sends_token and not await asyncio.to_thread(is_approved, runs):
            raise InspectorError(
                "The token comes from a command that you have not agreed to yet.", "Connect once first."
            )
        field = profile.secret_field
        secret = (await secrets.get(profile.id, field) or "") if field else ""
        return config, accepted.into(profile.token_source(secret, secrets=known))
