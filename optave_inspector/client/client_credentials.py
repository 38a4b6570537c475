"""A token by OAuth 2.0 client credentials (RFC 6749 section 4.4), the way Optave documents it (``protocol.md`` 2.1)."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING
from urllib.parse import quote_plus, urlsplit, urlunsplit

from ..protocol.urls import add_query
from .config import CredentialsIn
from .token_request import TokenRequest, checked_url, request_token
from .token_sources import TokenError

if TYPE_CHECKING:
    from .config import ClientCredentials


def token_url(url: str) -> str:
    """``url`` with ``/token`` at the end of its path, where it is not there yet; the query is kept.

    The rule is the SDK's, minus its faults: a trailing slash or a query do not lead it astray (``protocol.md`` 1.2).
    """
    parts = urlsplit(url.strip())
    path = parts.path.rstrip("/")
    if not path.endswith("/token"):
        path += "/token"
    return urlunsplit(parts._replace(path=path))


async def ask_by_client_credentials(source: ClientCredentials) -> str:
    """Ask the token endpoint for a new token. Raises TokenError; its sentence never holds the secret."""
    url = token_url(
        checked_url(source.url, called="The authentication URL", secret=True, allow_plaintext=source.allow_plaintext)
    )
    for name, value in (("client ID", source.client_id), ("client secret", source.client_secret)):
        if not value:
            raise TokenError(f"The {name} is missing.", "Fill it in, or choose another token source.")
    grant = [("grant_type", "client_credentials")]
    credentials = [("client_id", source.client_id), ("client_secret", source.client_secret)]
    headers = [("Content-Type", "application/x-www-form-urlencoded")]
    body = None
    match source.credentials_in:
        case CredentialsIn.QUERY:
            url = add_query(url, [*grant, *credentials])
        case CredentialsIn.BODY:
            body = add_query("", [*grant, *credentials]).removeprefix("?")
        case CredentialsIn.BASIC:
            body = add_query("", grant).removeprefix("?")
            headers.append(("Authorization", f"Basic {_basic(source)}"))
    request = TokenRequest(
        "POST",
        url,
        tuple(headers),
        body,
        secrets=(source.client_secret, _basic(source)),
        timeout_s=source.timeout_s,
        ca_file=source.ca_file,
        tls=source.tls,
        proxy=source.proxy,
        address_family=source.address_family,
    )
    return await request_token(request, [("access_token",)])


def _basic(source: ClientCredentials) -> str:
    """ID and secret, each form-encoded before they are joined (RFC 6749 section 2.3.1)."""
    pair = f"{quote_plus(source.client_id)}:{quote_plus(source.client_secret)}"
    return base64.b64encode(pair.encode()).decode()
