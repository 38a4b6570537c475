"""What a connection attempt asks for, and what came of it: the parts of a :class:`Handshake`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote

from ..protocol.token import subprotocol_problem
from ..protocol.url_template import UrlTemplate, UrlTemplateError
from ..protocol.urls import add_query, is_loopback
from .config import AuthTransport, ConnectionConfig
from .events import FailureKind, Handshake, Timings
from .failures import ConnectFailed
from .http_answer import HttpAnswer, read_answer

if TYPE_CHECKING:
    from websockets.http11 import Request, Response

    from .connector import Connector
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
_REUSED = "This token was sent before. Each token opens one WebSocket only, so expect a refusal or close code 1008."


@dataclass(frozen=True, slots=True)
class Opening:
    """What goes into the upgrade request of one attempt."""

    url: str = field(repr=False)
    """Effective URL, token included when it travels in the query."""
    subprotocols: tuple[str, ...] = field(repr=False)
    secrets: tuple[str, ...] = field(repr=False)
    """The token in every form in which it may come back."""
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
    if config.chat_session_id:
        url = add_query(url, [(CHAT_SESSION_PARAMETER, config.chat_session_id)])
    if token is None:
        return Opening(url, (SUBPROTOCOL,), ())
    warnings = []
    if token.bearer_removed:
        warnings.append(_BEARER)
    if reused:
        warnings.append(_REUSED)
    secrets = tuple(sorted({token.text, quote(token.text, safe="")}, key=len, reverse=True))
    if config.auth_transport is AuthTransport.QUERY:
        # As the SDK does, no subprotocol is offered here: this transport is for servers that know none.
        return Opening(add_query(url, [(TOKEN_PARAMETER, token.text)]), (), secrets, (*warnings, _IN_QUERY))
    problem = subprotocol_problem(token.text)
    if problem:
        raise ConnectFailed(FailureKind.TOKEN, problem, "Nothing was sent.")
    return Opening(url, (SUBPROTOCOL, token.text), secrets, tuple(warnings))


def handshake_of(
    opening: Opening,
    connector: Connector,
    request: Request | None,
    *,
    upgrade_ms: float | None,
    token_ms: float | None,
) -> Handshake:
    """All that is known of the handshake so far: complete when the server answered, else as far as it came."""
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
        timings=Timings(connector.dns_ms, connector.tcp_ms, connector.tls_ms, upgrade_ms, token_ms),
        peer_address=connector.peer_address,
        tls=connector.tls_version,
        warnings=tuple(warnings),
    )


def _strictly(answer: Response) -> HttpAnswer:
    return HttpAnswer(answer.status_code, answer.reason_phrase, tuple(answer.headers.raw_items()), bytes(answer.body))


def _joined(headers: tuple[tuple[str, str], ...], name: str) -> str | None:
    values = [value for key, value in headers if key.lower() == name]
    return ", ".join(values) if values else None
