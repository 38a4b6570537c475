"""Where the token of an attempt comes from, and which tokens were used already (``protocol.md`` section 2)."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..errors import InspectorError
from ..protocol.token import read_token, strip_bearer
from .config import (
    ClientCredentials,
    EnvironmentToken,
    NoToken,
    PastedToken,
    TicketEndpoint,
    TokenCommand,
    TokenSourceConfig,
)

if TYPE_CHECKING:
    from .tls_words import UntrustedPeer

PASTED = "pasted"
CLIENT_CREDENTIALS = "client credentials"
TICKET_ENDPOINT = "ticket endpoint"
COMMAND = "command"
ENVIRONMENT = "environment variable"


class TokenError(InspectorError):
    """No token could be had, or it must not be sent."""

    def __init__(self, sentence: str, hint: str = "", *, untrusted: UntrustedPeer | None = None) -> None:
        super().__init__(sentence, hint)
        self.untrusted = untrusted
        """The endpoint, where its certificate was not trusted."""


class UsedTokens:
    """The tokens that were sent in a handshake, as SHA-256 digests: each JWT opens one WebSocket only.

    Keep one for as long as a token may be pasted again; it holds nothing that could be stolen.
    """

    def __init__(self) -> None:
        self._digests: set[bytes] = set()

    def __contains__(self, token: str) -> bool:
        return _digest(token) in self._digests

    def __len__(self) -> int:
        return len(self._digests)

    def add(self, token: str) -> None:
        """Remember that ``token`` was sent."""
        self._digests.add(_digest(token))


@dataclass(frozen=True, slots=True)
class Token:
    """A token ready to be sent, without ``Bearer``."""

    text: str = field(repr=False)
    source: str
    """PASTED, CLIENT_CREDENTIALS, TICKET_ENDPOINT, COMMAND, ENVIRONMENT, or what a pasted token says of its origin."""
    expires_unix_s: float | None = None
    """The claim ``exp`` where the token is a readable JWT."""
    bearer_removed: bool = False
    """It came with a leading ``Bearer``, which no transport carries."""
    issued_unix_s: float | None = None
    """The claim ``iat``."""


async def take_token(source: TokenSourceConfig, used: UsedTokens) -> Token | None:
    """A token from ``source`` for one attempt; None where none is wanted. What can be asked is asked anew each time.

    Nothing is marked as used here: that is due when the token is sent. Raises TokenError with a sentence that holds no
    secret when the token is missing, was used before without leave to send it again, or cannot be had.
    """
    match source:
        case NoToken():
            return None
        case PastedToken():
            token = _token(source.token, source.origin or PASTED)
            if not token.text:
                raise TokenError("There is no token.", "Paste a token, or choose another token source.")
            return _unspent(token, used, "Paste a fresh one", allowed=source.allow_reuse)
        case EnvironmentToken():
            text = os.environ.get(source.name, "")
            token = _token(text, ENVIRONMENT)
            if not token.text:
                state = "is empty" if source.name in os.environ else "is not set"
                hint = "Set it before the app is started, or choose another token source."
                raise TokenError(f"The environment variable {source.name} {state}.", hint)
            fresh = f"Start the app anew with a fresh one in {source.name}"
            return _unspent(token, used, fresh, allowed=source.allow_reuse)
        case ClientCredentials():
            from .client_credentials import ask_by_client_credentials

            return _token(await ask_by_client_credentials(source), CLIENT_CREDENTIALS)
        case TicketEndpoint():
            from .ticket_endpoint import ask_ticket_endpoint

            return _token(await ask_ticket_endpoint(source), TICKET_ENDPOINT)
        case TokenCommand():
            from .token_command import ask_command

            return _token(await ask_command(source), COMMAND)


def _unspent(token: Token, used: UsedTokens, fresh: str, *, allowed: bool) -> Token:
    if token.text in used and not allowed:
        raise TokenError(
            "This token was already sent once, and each token opens one WebSocket only.",
            f"{fresh}, or allow sending it again to see what the server does.",
        )
    return token


def _token(text: str, source: str) -> Token:
    bare = strip_bearer(text)
    read = read_token(bare)
    return Token(bare, source, read.expires_unix_s, bare != text.strip(), read.issued_unix_s)


def _digest(token: str) -> bytes:
    return hashlib.sha256(strip_bearer(token).encode(errors="surrogatepass")).digest()
