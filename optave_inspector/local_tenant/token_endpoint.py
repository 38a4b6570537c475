"""The token endpoint: OAuth 2.0 client credentials as Optave takes them.

RFC 6749 section 4.4; ``protocol.md`` section 2.1.
"""

from __future__ import annotations

import base64
import hmac
from typing import TYPE_CHECKING
from urllib.parse import unquote_plus

from aiohttp import hdrs, web

if TYPE_CHECKING:
    from collections.abc import Callable

    from .tokens import TokenIssuer

PATH = "/auth/oauth2/token"
_UNSET = "undefined"
_NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}


class _OAuthError(Exception):
    """A request that gets no token: an error code of RFC 6749 section 5.2 and its description."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(description)
        self.response = refusal(status, error, description)


def refusal(status: int, error: str, description: str, headers: dict[str, str] | None = None) -> web.Response:
    """An error as JSON, in the form of RFC 6749 section 5.2."""
    body = {"error": error, "error_description": description}
    return web.json_response(body, status=status, headers={**_NO_STORE, **(headers or {})})


class TokenEndpoint:
    """Hands a token to whoever knows the client ID and the secret.

    Parameters are read from the query, where the service documents them, from a form body, and ID and secret from HTTP
    Basic (RFC 6749 section 2.3.1).
    ``grant_type`` may be missing, as it is in Optave's own example. ``expired_s`` says of each token how long ago it
    has expired, None for a sound one.
    """

    def __init__(
        self,
        issuer: TokenIssuer,
        client_id: str,
        client_secret: str,
        expired_s: Callable[[], float | None] = lambda: None,
    ) -> None:
        self._issuer = issuer
        self._expired_s = expired_s
        self._client_id = client_id
        self._client_secret = client_secret
        self.issued = 0

    def add_to(self, app: web.Application) -> None:
        """Serve :data:`PATH` in ``app``, every method of it."""
        app.router.add_route("*", PATH, self.handle)

    async def handle(self, request: web.Request) -> web.Response:
        """Answer one request."""
        if request.method != hdrs.METH_POST:
            words = f"{request.method} is not answered here: ask for a token by POST."
            return refusal(405, "invalid_request", words, {hdrs.ALLOW: hdrs.METH_POST})
        try:
            self._check(await _parameters(request))
        except _OAuthError as refused:
            return refused.response
        self.issued += 1
        body = {
            "access_token": self._issuer.issue(self._client_id, self._expired_s()),
            "token_type": "Bearer",
            "expires_in": int(self._issuer.lifetime_s),
        }
        return web.json_response(body, headers=_NO_STORE)

    def _check(self, parameters: dict[str, str]) -> None:
        grant_type = parameters.get("grant_type", "client_credentials")
        if grant_type != "client_credentials":
            raise _OAuthError("unsupported_grant_type", f"grant_type must be client_credentials, not {grant_type!r}.")
        missing = [name for name in ("client_id", "client_secret") if name not in parameters]
        if missing:
            raise _OAuthError(
                "invalid_request",
                f"{' and '.join(missing)} must be given, in the query, in a form body or by HTTP Basic.",
            )
        secret = parameters["client_secret"]
        known = _same(parameters["client_id"], self._client_id)
        if not (_same(secret, self._client_secret) and known):
            words = "client_id or client_secret is wrong."
            if secret == _UNSET:
                words += " The secret is the word undefined, which the JavaScript SDK sends when none was configured."
            raise _OAuthError("invalid_client", words, 401)


def _same(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), expected.encode())


async def _parameters(request: web.Request) -> dict[str, str]:
    """All parameters; one without a value counts as left out (RFC 6749 section 3.2)."""
    try:
        form = await request.post()
    except (ValueError, LookupError) as error:
        raise _OAuthError("invalid_request", f"The form body cannot be read: {error}.") from error
    given: dict[str, str] = {}
    for name, value in (*request.query.items(), *form.items(), *_basic(request)):
        if not isinstance(value, str):
            raise _OAuthError("invalid_request", f"{name} must be text, not a file.")
        if name in given:
            raise _OAuthError("invalid_request", f"{name} is given more than once.")
        if value:
            given[name] = value
    return given


def _basic(request: web.Request) -> list[tuple[str, str]]:
    scheme, _, encoded = request.headers.get(hdrs.AUTHORIZATION, "").partition(" ")
    if scheme.lower() != "basic":
        return []
    try:
        pair = base64.b64decode(encoded.strip(), validate=True).decode()
    except ValueError as error:
        raise _OAuthError("invalid_client", "The header Authorization: Basic holds no base64.", 401) from error
    client_id, colon, secret = pair.partition(":")
    if not colon:
        raise _OAuthError("invalid_client", "The header Authorization: Basic holds no ID, colon and secret.", 401)
    return [("client_id", unquote_plus(client_id)), ("client_secret", unquote_plus(secret))]
