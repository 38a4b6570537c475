"""A token by OAuth 2.0 client credentials (RFC 6749 section 4.4), the way Optave documents it (``protocol.md`` 2.1)."""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, quote_plus, urlsplit, urlunsplit

import aiohttp
import msgspec
from yarl import URL

from .. import __version__
from ..protocol.url_template import HTTP_SCHEMES, UrlTemplate, UrlTemplateError
from ..protocol.urls import add_query, is_loopback, mask_url
from .token_sources import TokenError
from .trust import TrustError, tls_words, trust

if TYPE_CHECKING:
    from .config import ClientCredentials

MAX_ANSWER_BYTES = 1 << 20
"""A token answer is a few hundred bytes; more than this is not read."""

_SHOWN_CHARACTERS = 300
_CONTROL_CHARACTERS = re.compile(r"[\x00-\x1f\x7f-\x9f\s]+")
_CHECK_URL = "Check the authentication URL."
_STATUS_HINTS = {
    400: "Check client ID, secret and authentication URL.",
    401: "Check client ID and secret, and that they belong to this environment.",
    403: "Check the client's permissions and the authentication URL.",
    404: _CHECK_URL,
    405: _CHECK_URL,
    429: "Too many requests: wait before the next one.",
}


def token_url(url: str) -> str:
    """``url`` with ``/token`` at the end of its path, where it is not there yet; the query is kept.

    The rule is the SDK's, minus its faults: a trailing slash or a query do not lead it astray (``protocol.md`` 1.2).
    """
    parts = urlsplit(url.strip())
    path = parts.path.rstrip("/")
    if not path.endswith("/token"):
        path += "/token"
    return urlunsplit(parts._replace(path=path))


async def request_token(source: ClientCredentials) -> str:
    """Ask the token endpoint for a new token. Raises TokenError; its sentence never holds the secret."""
    url = _checked(source)
    try:
        context = trust(source.ca_file) if url.startswith("https:") else None
    except TrustError as error:
        raise TokenError(error.sentence, error.hint) from error
    parameters = [
        ("grant_type", "client_credentials"),
        ("client_id", source.client_id),
        ("client_secret", source.client_secret),
    ]
    target = url if source.in_body else add_query(url, parameters)
    body = add_query("", parameters).removeprefix("?") if source.in_body else None
    host = urlsplit(url).netloc
    try:
        async with (
            asyncio.timeout(source.timeout_s),
            aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(ssl=context if context is not None else True, force_close=True),
                timeout=aiohttp.ClientTimeout(total=None),
                trust_env=False,
                cookie_jar=aiohttp.DummyCookieJar(),
            ) as session,
            session.post(
                URL(target, encoded=True),
                data=body,
                headers={
                    "Content-Type": "application/x-www-form-urlencoded",
                    "Accept": "application/json",
                    "User-Agent": f"optave-inspector/{__version__}",
                },
                allow_redirects=False,
            ) as response,
        ):
            answer = await _read(response)
            return _access_token(response, answer, source)
    except TimeoutError:
        sentence = f"The token endpoint {host} did not answer within {source.timeout_s:g} s."
        raise TokenError(sentence, "Check the authentication URL and this machine's network.") from None
    except (aiohttp.ClientError, OSError) as error:
        # Not chained: texts of the library's errors hold the URL, and so the secret.
        raise TokenError(*_words(error, host, urlsplit(url).hostname or host)) from None


def _checked(source: ClientCredentials) -> str:
    try:
        template = UrlTemplate.parse(source.url, HTTP_SCHEMES)
        if template.fields:
            raise TokenError(f"The authentication URL still has {', '.join(template.fields)} to fill in.", _CHECK_URL)
        url = token_url(template.expand({}))
    except UrlTemplateError as error:
        raise TokenError(f"The authentication URL cannot be used: {error}", _CHECK_URL) from None
    if url.startswith("http:") and not source.allow_plaintext and not is_loopback(url):
        raise TokenError(
            f"The client secret would go to {urlsplit(url).hostname} readable for everybody on the way (http://).",
            "Use https://, or allow unencrypted connections for this profile.",
        )
    for name, value in (("client ID", source.client_id), ("client secret", source.client_secret)):
        if not value:
            raise TokenError(f"The {name} is missing.", "Fill it in, or choose another token source.")
    return url


async def _read(response: aiohttp.ClientResponse) -> bytes:
    answer = bytearray()
    async for chunk in response.content.iter_any():
        answer += chunk
        if len(answer) > MAX_ANSWER_BYTES:
            sentence = f"The token endpoint's answer ({_status(response)}) is larger than {MAX_ANSWER_BYTES:,} bytes."
            raise TokenError(sentence, _CHECK_URL)
    return bytes(answer)


def _access_token(response: aiohttp.ClientResponse, answer: bytes, source: ClientCredentials) -> str:
    status = _status(response)
    if 300 <= response.status < 400:
        location = _clean(mask_url(response.headers.get("Location", "")), source)
        raise TokenError(
            f"The token endpoint redirects{f' to {location}' if location else ''} ({status}).",
            "Redirects are not followed, for the secret would go elsewhere. Put that URL in if you trust it.",
        )
    try:
        content: Any = msgspec.json.decode(answer)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        raise TokenError(f"The token endpoint answered {status} with {_not_json(answer)}.", _hint(response)) from None
    if not 200 <= response.status < 300:
        raise TokenError(f"The token endpoint answered {status}{_error_text(content, source)}.", _hint(response))
    token = content.get("access_token") if isinstance(content, dict) else None
    if isinstance(token, str) and token.strip():
        return token
    if isinstance(content, dict) and content:
        names = _clean(", ".join(map(str, content)), source)
        what = f"its answer has no usable access_token (it has: {names})"
    else:
        what = "its answer has no access_token"
    raise TokenError(f"The token endpoint answered {status}, but {what}.", _CHECK_URL)


def _status(response: aiohttp.ClientResponse) -> str:
    reason = response.reason
    if not reason:
        try:
            reason = HTTPStatus(response.status).phrase
        except ValueError:
            reason = ""
    return _shortened(f"{response.status} {reason}")


def _hint(response: aiohttp.ClientResponse) -> str:
    if response.status >= 500:
        return "The fault is on the server's side; try again later."
    return _STATUS_HINTS.get(response.status, _CHECK_URL)


def _error_text(content: Any, source: ClientCredentials) -> str:
    """``error`` and ``error_description`` (RFC 6749 section 5.2), of which the SDK shows the first only."""
    if not isinstance(content, dict):
        return ""
    found = [content.get("error"), content.get("error_description") or content.get("message")]
    texts = [_clean(text, source).rstrip(".") for text in found if isinstance(text, str) and text.strip()]
    return f": {': '.join(texts)}" if texts else ""


def _not_json(answer: bytes) -> str:
    if not answer.strip():
        return "an empty body"
    start = answer[:512].lstrip().lower()
    if start.startswith((b"<!doctype html", b"<html", b"<head", b"<body")):
        return "an HTML page instead of JSON"
    return "something that is no JSON"


def _clean(text: str, source: ClientCredentials) -> str:
    """``text`` from the server for a sentence: one line, not too long, and without the secret if it echoes it."""
    secret = source.client_secret
    for form in sorted({secret, quote(secret, safe=""), quote_plus(secret), quote(secret)}, key=len, reverse=True):
        text = text.replace(form, "••••")
    return _shortened(text)


def _shortened(text: str) -> str:
    line = _CONTROL_CHARACTERS.sub(" ", text).strip()
    return line if len(line) <= _SHOWN_CHARACTERS else f"{line[:_SHOWN_CHARACTERS]}…"


def _words(error: Exception, address: str, host: str) -> tuple[str, str]:
    match error:
        case aiohttp.ClientConnectorCertificateError() if isinstance(error.certificate_error, ssl.SSLError):
            return tls_words(error.certificate_error, host, "http")
        case aiohttp.ClientConnectorError() if isinstance(error.os_error, ssl.SSLError):
            return tls_words(error.os_error, host, "http")
        case aiohttp.ClientConnectorDNSError() | socket.gaierror():
            return f"There is no host named {host}.", "Check the tenant and the rest of the authentication URL."
        case aiohttp.ClientConnectorError() if isinstance(error.os_error, ConnectionRefusedError):
            return f"{address} refused the TCP connection: nothing listens there.", _CHECK_URL
        case aiohttp.ClientConnectorError():
            return f"No connection to {address}: {error.os_error.strerror or 'no reason given'}.", _CHECK_URL
        case aiohttp.ServerDisconnectedError() | aiohttp.ClientOSError() | aiohttp.ClientPayloadError():
            return f"{address} ended the connection before its answer was whole.", _CHECK_URL
        case aiohttp.ClientResponseError():
            return (
                f"{address} did not answer in HTTP.",
                f"Something else may listen there. {_CHECK_URL}",
            )
        case _:
            return f"The token could not be fetched from {address} ({type(error).__name__}).", _CHECK_URL
