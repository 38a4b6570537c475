"""Single-use JSON Web Tokens: issued by the token endpoint, checked at the handshake, spent when a connection opens."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_ALGORITHM = "HS256"
_ISSUER = "urn:optave-inspector:local-tenant"
_AUDIENCE = "optave-websocket"


class InvalidTokenError(Exception):
    """A token that opens nothing. ``error`` is a code of RFC 6750 section 3.1, ``sentence`` says why in words."""

    def __init__(self, error: str, sentence: str) -> None:
        super().__init__(sentence)
        self.error = error
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Grant:
    """A token that was found good: whose it is, and its ID, by which it is spent."""

    subject: str
    token_id: str
    expires_unix_s: float


class TokenIssuer:
    """Signs tokens with a key of its own, made anew for each issuer, and knows which ones are spent.

    ``clock`` gives Unix time in seconds. A token opens one connection (``protocol.md`` section 2.3).
    """

    def __init__(self, lifetime_s: float, clock: Callable[[], float] = time.time) -> None:
        self._lifetime_s = lifetime_s
        self._clock = clock
        self._key = OctKey.generate_key(256)
        self._spent: dict[str, float] = {}

    @property
    def lifetime_s(self) -> float:
        """How long a token can open a connection after it was issued."""
        return self._lifetime_s

    def issue(self, client_id: str, expired_s: float | None = None) -> str:
        """A fresh token for ``client_id`` (claims of RFC 7519 section 4.1), or one that expired ``expired_s`` ago."""
        now = self._clock()
        if expired_s is not None:
            now -= self._lifetime_s + expired_s
        claims = {
            "iss": _ISSUER,
            "aud": _AUDIENCE,
            "sub": client_id,
            "iat": int(now),
            "exp": int(now) + int(self._lifetime_s) if self._lifetime_s % 1 == 0 else now + self._lifetime_s,
            "jti": secrets.token_urlsafe(16),
        }
        return jwt.encode({"alg": _ALGORITHM, "typ": "JWT"}, claims, self._key)

    def check(self, token: str) -> Grant:
        """What ``token`` grants; a spent one is let through.

        Raises InvalidTokenError for one that is broken, foreign or expired.
        """
        try:
            claims = jwt.decode(token, self._key, algorithms=[_ALGORITHM]).claims
        except (JoseError, ValueError) as error:
            raise InvalidTokenError(
                "invalid_token", "The token is not one of this tenant: it cannot be read, or its signature is wrong."
            ) from error
        return self._granted(claims)

    def spend(self, grant: Grant) -> bool:
        """Mark the token as used. False when it was used before."""
        if grant.token_id in self._spent:
            return False
        now = self._clock()
        while self._spent and next(iter(self._spent.values())) <= now:
            del self._spent[next(iter(self._spent))]
        self._spent[grant.token_id] = grant.expires_unix_s
        return True

    def _granted(self, claims: Mapping[str, Any]) -> Grant:
        if claims["exp"] <= self._clock():
            raise InvalidTokenError(
                "invalid_token",
                f"The token has expired: tokens of this tenant live {self._lifetime_s:g} seconds. Get a fresh one.",
            )
        return Grant(str(claims["sub"]), str(claims["jti"]), float(claims["exp"]))
