"""One HTTP request for a token, and what went wrong with it in words (``protocol.md`` section 2)."""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, quote_plus, urlsplit

import aiohttp
import msgspec
from yarl import URL

from .. import __version__
from ..protocol.url_template import HTTP_SCHEMES, UrlTemplate, UrlTemplateError
from ..protocol.urls import is_loopback, mask_url
from .certificates import read_chain
from .config import AddressFamily, ProxySettings, TlsSettings
from .proxies import ProxyFailed, address_of
from .tls_context import WatchedTls
from .tls_words import SeenTls, UntrustedPeer, is_distrust, tls_words
from .token_sources import TokenError
from .token_way import TokenWay
from .trust import TrustError

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_ANSWER_BYTES = 1 << 20
"""A token answer is a few hundred bytes; more than this is not read."""

_SHOWN_CHARACTERS = 300
_CONTROL_CHARACTERS = re.compile(r"[\x00-\x1f\x7f-\x9f\s]+")
_STATUS_HINTS = {
    400: "Check client ID, secret and {url}.",
    401: "Check client ID and secret, and that they belong to this environment.",
    403: "Check the client's permissions and {url}.",
    429: "Too many requests: wait before the next one.",
}


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """What is asked, and of whom. ``url`` is checked and percent-encoded: see :func:`checked_url`."""

    method: str
    url: str = field(repr=False)
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    body: str | None = field(default=None, repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)
    """Taken out of every sentence, should the server echo them."""
    timeout_s: float = 30.0
    ca_file: str = ""
    tls: TlsSettings = field(default_factory=TlsSettings)
    proxy: ProxySettings = field(default_factory=ProxySettings)
    address_family: AddressFamily = AddressFamily.BOTH
    who: str = "token endpoint"
    """For sentences."""
    whose_url: str = "the authentication URL"


def checked_url(text: str, *, called: str, secret: bool, allow_plaintext: bool) -> str:
    """``text`` as an absolute URL. Raises TokenError, also where a secret would travel unencrypted."""
    try:
        template = UrlTemplate.parse(text, HTTP_SCHEMES)
        if template.fields:
            raise TokenError(f"{called} still has {', '.join(template.fields)} to fill in.", "Fill it in.")
        url = template.expand({})
    except UrlTemplateError as error:
        raise TokenError(f"{called} cannot be used: {error}", "Correct it in the profile.") from None
    if url.startswith("http:") and secret and not allow_plaintext and not is_loopback(url):
        raise TokenError(
            f"The client secret would go to {urlsplit(url).hostname} readable for everybody on the way (http://).",
            "Use https://, or allow unencrypted connections for this profile.",
        )
    return url


async def request_token(request: TokenRequest, fields: Sequence[tuple[str, ...]]) -> str:
    """Ask once, and take the token out of the JSON answer: the first of ``fields``, each a path of names, that has one.

    Redirects are never followed. Raises TokenError; its sentence never holds a secret.
    """
    url = URL(request.url, encoded=True)
    host, port = url.raw_host or "", url.port or 443
    way = TokenWay(request.proxy, request.address_family)
    try:
        tls = await asyncio.to_thread(_tls, address_of(host, port), request) if url.scheme == "https" else None
        await way.choose(host, port, secure=url.scheme == "https")
    except (TrustError, ProxyFailed) as error:
        raise TokenError(error.sentence, error.hint) from None
    address = urlsplit(request.url).netloc
    try:
        async with (
            asyncio.timeout(request.timeout_s),
            aiohttp.ClientSession(
                connector=way.connector(tls.context if tls is not None else None),
                timeout=aiohttp.ClientTimeout(total=None),
                trust_env=False,
                cookie_jar=aiohttp.DummyCookieJar(),
            ) as session,
            session.request(
                request.method,
                url,
                data=request.body,
                headers=[
                    ("Accept", "application/json"),
                    ("User-Agent", f"optave-inspector/{__version__}"),
                    *request.headers,
                ],
                allow_redirects=False,
            ) as response,
        ):
            answer = await _read(response, request)
            return _token_in(response, answer, request, fields)
    except TimeoutError:
        sentence = f"The {request.who} {address} did not answer within {request.timeout_s:g} s."
        through = f" The way led through the {way.proxy}." if way.proxy is not None else ""
        raise TokenError(sentence, f"Check {request.whose_url} and this machine's network.{through}") from None
    except (aiohttp.ClientError, OSError, ValueError, ProxyFailed) as error:
        # Not chained: texts of the library's errors hold the URL, and so the secret.
        lost = way.lost(error)
        if lost is not None:
            raise TokenError(*lost) from None
        seen = tls.seen(read_chain(tls.watch.chain)) if tls is not None else None
        sentence, hint = _words(error, address, host, request, seen)
        raise TokenError(sentence, hint, untrusted=_untrusted(error, address_of(host, port), seen, sentence)) from None


def _tls(address: str, request: TokenRequest) -> WatchedTls:
    # The server name of a profile is the tenant's, and not the token endpoint's.
    return WatchedTls(address, request.ca_file, request.tls)


def _untrusted(error: Exception, address: str, seen: SeenTls | None, sentence: str) -> UntrustedPeer | None:
    certificate_error = getattr(error, "certificate_error", error)
    if seen is None or not seen.certificates or not is_distrust(certificate_error):
        return None
    return UntrustedPeer(address, seen.certificates, sentence)


async def _read(response: aiohttp.ClientResponse, request: TokenRequest) -> bytes:
    answer = bytearray()
    async for chunk in response.content.iter_any():
        answer += chunk
        if len(answer) > MAX_ANSWER_BYTES:
            sentence = f"The {request.who}'s answer ({_status(response)}) is larger than {MAX_ANSWER_BYTES:,} bytes."
            raise TokenError(sentence, _check(request))
    return bytes(answer)


def _token_in(
    response: aiohttp.ClientResponse, answer: bytes, request: TokenRequest, fields: Sequence[tuple[str, ...]]
) -> str:
    status, who = _status(response), request.who
    if 300 <= response.status < 400:
        location = _clean(mask_url(response.headers.get("Location", "")), request)
        raise TokenError(
            f"The {who} redirects{f' to {location}' if location else ''} ({status}).",
            "Redirects are not followed, for the secret would go elsewhere. Put that URL in if you trust it.",
        )
    try:
        content: Any = msgspec.json.decode(answer)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        raise TokenError(f"The {who} answered {status} with {_not_json(answer)}.", _hint(response, request)) from None
    if not 200 <= response.status < 300:
        sentence = f"The {who} answered {status}{_error_text(content, request)}."
        raise TokenError(sentence, _hint(response, request))
    for path in fields:
        token = _follow(content, path)
        if isinstance(token, str) and token.strip():
            return token
    wanted = " or ".join(".".join(path) for path in fields)
    if isinstance(content, dict) and content:
        names = _clean(", ".join(map(str, content)), request)
        what = f"its answer has no usable {wanted} (it has: {names})"
    else:
        what = f"its answer has no {wanted}"
    raise TokenError(f"The {who} answered {status}, but {what}.", _check(request))


def _follow(content: Any, path: tuple[str, ...]) -> Any:
    for step in path:
        if isinstance(content, dict):
            content = content.get(step)
        elif isinstance(content, list) and step.isdecimal() and int(step) < len(content):
            content = content[int(step)]
        else:
            return None
    return content


def _check(request: TokenRequest) -> str:
    return f"Check {request.whose_url}."


def _status(response: aiohttp.ClientResponse) -> str:
    reason = response.reason
    if not reason:
        try:
            reason = HTTPStatus(response.status).phrase
        except ValueError:
            reason = ""
    return _shortened(f"{response.status} {reason}")


def _hint(response: aiohttp.ClientResponse, request: TokenRequest) -> str:
    if response.status >= 500:
        return "The fault is on the server's side; try again later."
    return _STATUS_HINTS.get(response.status, "Check {url}.").format(url=request.whose_url)


def _error_text(content: Any, request: TokenRequest) -> str:
    """``error`` and ``error_description`` (RFC 6749 section 5.2), of which the SDK shows the first only."""
    if not isinstance(content, dict):
        return ""
    found = [content.get("error"), content.get("error_description") or content.get("message")]
    texts = [_clean(text, request).rstrip(".") for text in found if isinstance(text, str) and text.strip()]
    return f": {': '.join(texts)}" if texts else ""


def _not_json(answer: bytes) -> str:
    if not answer.strip():
        return "an empty body"
    start = answer[:512].lstrip().lower()
    if start.startswith((b"<!doctype html", b"<html", b"<head", b"<body")):
        return "an HTML page instead of JSON"
    return "something that is no JSON"


def _clean(text: str, request: TokenRequest) -> str:
    """``text`` from the server for a sentence: one line, not too long, and without a secret if it echoes it."""
    return _shortened(without_secrets(text, request.secrets))


def without_secrets(text: str, secrets: Sequence[str]) -> str:
    """``text`` with dots where one of ``secrets`` stood, plain or as a URL writes it."""
    forms = {form for secret in secrets for form in (secret, quote(secret, safe=""), quote_plus(secret), quote(secret))}
    for form in sorted(filter(None, forms), key=len, reverse=True):
        text = text.replace(form, "••••")
    return text


def _shortened(text: str) -> str:
    line = _CONTROL_CHARACTERS.sub(" ", text).strip()
    return line if len(line) <= _SHOWN_CHARACTERS else f"{line[:_SHOWN_CHARACTERS]}…"


def _words(error: Exception, address: str, host: str, request: TokenRequest, seen: SeenTls | None) -> tuple[str, str]:
    check = _check(request)
    match error:
        case aiohttp.ClientConnectorCertificateError() if isinstance(error.certificate_error, ssl.SSLError):
            return tls_words(error.certificate_error, host, "http", seen)
        case aiohttp.ClientConnectorError() if isinstance(error.os_error, ssl.SSLError):
            return tls_words(error.os_error, host, "http", seen)
        case ssl.SSLError():
            return tls_words(error, host, "http", seen)
        case aiohttp.ClientConnectorDNSError() | socket.gaierror():
            return f"There is no host named {host}.", f"Check the tenant and the rest of {request.whose_url}."
        case aiohttp.ClientConnectorError() if isinstance(error.os_error, ConnectionRefusedError):
            return f"{address} refused the TCP connection: nothing listens there.", check
        case aiohttp.ClientConnectorError():
            return f"No connection to {address}: {error.os_error.strerror or 'no reason given'}.", check
        case aiohttp.ServerDisconnectedError() | aiohttp.ClientOSError() | aiohttp.ClientPayloadError():
            return f"{address} ended the connection before its answer was whole.", check
        case aiohttp.ClientResponseError():
            return f"{address} did not answer in HTTP.", f"Something else may listen there. {check}"
        case ValueError() if not isinstance(error, aiohttp.ClientError):
            return "A header of the request cannot be sent: its name or value holds a forbidden character.", (
                "Correct the headers of the token source."
            )
        case _:
            return f"The token could not be fetched from {address} ({type(error).__name__}).", check
