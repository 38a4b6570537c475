"""What is known around a token, gathered for the token doctor from the session, the profile and the keyring."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ..client.config import AuthTransport, CredentialsIn
from ..client.masking import secrets_of
from ..profiles.profile import TokenSourceKind
from ..profiles.secrets import CLIENT_SECRET, TOKEN
from ..protocol.refusals import http_date_unix_s
from ..protocol.token import strip_bearer
from ..protocol.token_doctor import TokenCase
from .panels.connection_url import effective_url

if TYPE_CHECKING:
    from ..client.events import Handshake
    from ..profiles.profile import Profile
    from ..session import Session
    from .current_profile import CurrentProfile


@dataclass(frozen=True, slots=True)
class Patient:
    """A token to look at, where it came from and where it went."""

    case: TokenCase
    origin: str
    """Where it is from, as a sentence."""
    journey: tuple[tuple[str, str], ...]
    """Where it travelled, and what that exposes: a place and a sentence each."""


async def find_patient(session: Session, current: CurrentProfile) -> Patient:
    """The token to look at: the one that would be sent next where it is known, else that of the newest attempt.

    An empty text in the case means that there is none to look at.
    """
    profile = current.profile
    secret = await current.secrets.get(profile.id, CLIENT_SECRET) or ""
    text, origin = "", ""
    if profile.token_source_kind is TokenSourceKind.PASTED:
        text, origin = await current.secrets.get(profile.id, TOKEN) or "", "Pasted into the profile."
    elif profile.token_source_kind is TokenSourceKind.ENVIRONMENT:
        text = os.environ.get(profile.token_variable, "")
        origin = f"From the environment variable {profile.token_variable}."
    if not text.strip():
        text, origin = _sent(session), f"That of connection {session.attempt}, which was its one use."
    case = TokenCase(
        text,
        time.time(),
        by_subprotocol=profile.auth_transport is AuthTransport.SUBPROTOCOL,
        host=urlsplit(effective_url(profile)).hostname or "",
        tenant=profile.tenant_id or profile.fields.get("tenant", ""),
        client_secret=secret,
        server_ahead_s=_ahead(session),
        used=strip_bearer(text) in session.used_tokens,
    )
    return Patient(case, origin if text else "", tuple(_journey(session, profile)))


def _sent(session: Session) -> str:
    return next(iter(secrets_of(session.handshake)), "") if session.handshake is not None else ""


def _ahead(session: Session) -> float | None:
    handshake = session.handshake
    if handshake is None or not session.handshake_wall_ns:
        return None
    date = next((value for name, value in handshake.response_headers if name.lower() == "date"), "")
    moment = http_date_unix_s(date)
    return None if moment is None else moment + 0.5 - session.handshake_wall_ns / 1e9


def _journey(session: Session, profile: Profile) -> list[tuple[str, str]]:
    use, handshake = session.token_use, session.handshake
    if use is None or handshake is None:
        return []
    steps = []
    if profile.token_source_kind is TokenSourceKind.CLIENT_CREDENTIALS:
        steps.append(("Token endpoint", _ENDPOINT[profile.credentials_in]))
    steps.append(_handshake_step(handshake))
    if handshake.selected_subprotocol is not None and handshake.selected_subprotocol in secrets_of(handshake):
        words = "The server sent the token back as the selected subprotocol: it stands in the response as well."
        steps.append(("Response", words))
    return steps


_ENDPOINT = {
    CredentialsIn.QUERY: "Client ID and secret went in the URL's query, which access logs and proxies keep.",
    CredentialsIn.BODY: "Client ID and secret went in a form body, which is not logged as a rule.",
    CredentialsIn.BASIC: "Client ID and secret went in the header Authorization, which is not logged as a rule.",
}


def _handshake_step(handshake: Handshake) -> tuple[str, str]:
    parts = urlsplit(handshake.url)
    where = parts.hostname or "the server"
    if "Authorization=" in parts.query:
        words = f"In the URL's query to {where}: access logs and proxies on the way keep it."
    else:
        words = f"In the header Sec-WebSocket-Protocol to {where}: not in access logs as a rule."
    if parts.scheme == "ws":
        words += " Unencrypted (ws://): everybody in between could read it."
    return "Handshake", words
