"""What a connection attempt asks for, and what came of it: the parts of a :class:`Handshake`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote

from ..protocol.header_rules import handshake_header_problem, header_problem
from ..protocol.token import subprotocol_problem
from ..protocol.url_template import UrlTemplate, UrlTemplateError
from ..protocol.urls import add_query, is_loopback
from .certificates import read_chain
from .config import SECRET_PLACEHOLDER, AuthTransport, ConnectionConfig
from .events import FailureKind, Handshake, Timings
from .failures import ConnectFailed
from .http_answer import HttpAnswer, read_answer

if TYPE_CHECKING:
    from websockets.http11 import Request, Response

    from .connector import Connector
    from .tls_context import WatchedTls
    from .token_sources import Token

SUBPROTOCOL = "optave-v1"
CHAT_SESSION_PARAMETER = "OptaveTraceChatSessionId"
TOKEN_PARAMETER = "Authorization"  # noqa: S105 - a parameter's name

_KEPT_GARBAGE_BYTES = 4096

_IN_QUERY = (
    "The token is part of the URL: access logs and proxies keep it. Use the subprotocol transport where the server "
    "allows it."
)
_BEARER = "A leading Bearer was taken off the token: neither a subprotocol nor Optave's query parameter carries it."
_NOTHING_SELECTED = (
    "The server selected no subprotocol. Browsers and Optave's SDK fail such a connection; it should select optave-v1."
)
_ECHOED = (
    "The server selected the token as the subprotocol and so sent it back in its response, where proxies and logs see "
    "it; it should select optave-v1."
)
_ACCEPTED = (
    "Nothing vouches for the server's certificate: you accepted it for this session, by its fingerprint. Whoever holds "
    "its key reads the token and all messages."
)
_REUSED = "This token was sent before. Each token opens one WebSocket only, so expect a refusal or close code 1008."


@dataclass(frozen=True, slots=True)
class Opening:
    """What goes into the upgrade request of one attempt."""

    url: str = field(repr=False)
    """Effective URL, token included when it travels in the query."""
    subprotocols: tuple[str, ...] = field(repr=False)
    secrets: tuple[str, ...] = field(repr=False)
    """The token and the secret of headers, in every form in which they may come back."""
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    """The user's own, secret included."""
    header_secrets: tuple[str, ...] = field(default=(), repr=False)
    warnings: tuple[str, ...] = ()


def checked_url(config: ConnectionConfig) -> str:
    """The URL to connect to, without token. Raises ConnectFailed (URL) for one that cannot or must not be used."""
    try:
        template = UrlTemplate.parse(config.url)
        if template.fields:
            raise ConnectFailed(FailureKind.URL, f"The URL still has {', '.join(template.fields)} to fill in.")
        url = template.expand({})
    except UrlTemplateError as error:
        raise ConnectFailed(FailureKind.URL, str(error)) from None
    if url.startswith("ws:") and not config.allow_plaintext and not is_loopback(url):
        raise ConnectFailed(
            FailureKind.URL,
            "ws:// sends token and messages unencrypted, so it is only used for this machine itself.",
            "Use wss://, or allow unencrypted connections for this profile.",
        )
    return url


def prepare(config: ConnectionConfig, url: str, token: Token | None, *, reused: bool) -> Opening:
    """Fit the token into the request. Raises ConnectFailed (TOKEN) for one that the transport cannot carry."""
    headers, hidden = own_headers(config)
    if config.chat_session_id:
        url = add_query(url, [(CHAT_SESSION_PARAMETER, config.chat_session_id)])
    if token is None:
        return Opening(url, (SUBPROTOCOL,), hidden, headers, hidden)
    warnings = []
    if token.bearer_removed:
        warnings.append(_BEARER)
    if reused:
        warnings.append(_REUSED)
    secrets = tuple(sorted({token.text, quote(token.text, safe=""), *hidden}, key=len, reverse=True))
    if config.auth_transport is AuthTransport.QUERY:
        # As the SDK does, no subprotocol is offered here: this transport is for servers that know none.
        url = add_query(url, [(TOKEN_PARAMETER, token.text)])
        return Opening(url, (), secrets, headers, hidden, (*warnings, _IN_QUERY))
    problem = subprotocol_problem(token.text)
    if problem:
        raise ConnectFailed(FailureKind.TOKEN, problem, "Nothing was sent.")
    return Opening(url, (SUBPROTOCOL, token.text), secrets, headers, hidden, tuple(warnings))


def own_headers(config: ConnectionConfig) -> tuple[tuple[tuple[str, str], ...], tuple[str, ...]]:
    """The user's own headers with the secret in its place, and what of them must not be shown.

    Raises ConnectFailed (URL) for those that cannot be sent, or that would break the handshake.
    """
    wants_secret = any(SECRET_PLACEHOLDER in value for _, value in config.headers)
    if wants_secret and not config.header_secret:
        raise ConnectFailed(
            FailureKind.URL, f"A header holds {SECRET_PLACEHOLDER}, and there is no secret.", "Enter the secret."
        )
    filled = [(name, value.replace(SECRET_PLACEHOLDER, config.header_secret)) for name, value in config.headers]
    problems = [header_problem("Origin", config.origin)]
    problems += [header_problem(name, value) or handshake_header_problem(name) for name, value in filled]
    for problem in filter(None, problems):
        raise ConnectFailed(FailureKind.URL, problem, "Correct the headers of the profile.")
    if not wants_secret:
        return tuple(filled), ()
    secret = config.header_secret
    return tuple(filled), tuple(sorted({secret, quote(secret, safe="")}, key=len, reverse=True))


def handshake_of(
    opening: Opening,
    connector: Connector,
    request: Request | None,
    *,
    tls: WatchedTls | None,
    upgrade_ms: float | None,
    token_ms: float | None,
) -> Handshake:
    """All that is known of the handshake so far: complete when the server answered, else as far as it came."""
    dial = connector.dial
    tap = connector.tapped.protocol if connector.tapped is not None else None
    came = bytes(tap.opening) if tap is not None else b""
    read = _strictly(tap.answer) if tap is not None and tap.answer is not None else read_answer(came)
    headers = read.headers if read is not None else ()
    parsed = str(tap.subprotocol) if tap is not None and tap.subprotocol is not None else None
    selected = parsed or _joined(headers, "sec-websocket-protocol")
    token_offered = opening.subprotocols[1:]
    warnings = list(opening.warnings)
    switched = read is not None and read.status == 101
    if switched and selected is None and opening.subprotocols:
        warnings.append(_NOTHING_SELECTED)
    elif switched and selected in token_offered:
        warnings.append(_ECHOED)
    if tls is not None and tls.accepts and connector.tls_ms is not None:
        warnings.append(_ACCEPTED)
    return Handshake(
        url=opening.url,
        request_headers=tuple(request.headers.raw_items()) if request is not None else (),
        status=read.status if read is not None else None,
        reason_phrase=read.reason_phrase if read is not None else "",
        response_headers=headers,
        body=read.body if read is not None else came[:_KEPT_GARBAGE_BYTES],
        offered_subprotocols=opening.subprotocols,
        selected_subprotocol=selected,
        extensions=tuple(value for name, value in headers if name.lower() == "sec-websocket-extensions"),
        timings=Timings(dial.dns_ms, dial.tcp_ms, connector.tls_ms, upgrade_ms, token_ms, dial.proxy_ms),
        peer_address=dial.peer_address,
        tls=connector.tls_version,
        warnings=tuple(warnings),
        certificates=read_chain(tls.watch.chain) if tls is not None else (),
        accepted_by_user=tls is not None and tls.accepts and connector.tls_ms is not None,
        proxy=str(dial.proxy) if dial.proxy is not None else "",
        secrets=opening.header_secrets,
    )


def _strictly(answer: Response) -> HttpAnswer:
    return HttpAnswer(answer.status_code, answer.reason_phrase, tuple(answer.headers.raw_items()), bytes(answer.body))


def _joined(headers: tuple[tuple[str, str], ...], name: str) -> str | None:
    values = [value for key, value in headers if key.lower() == name]
    return ", ".join(values) if values else None
