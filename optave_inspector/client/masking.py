"""A handshake without its secrets, for everything that shows, stores, logs or copies one."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote_plus, urlsplit

from ..protocol.token import mask
from ..protocol.url_template import mask_url

if TYPE_CHECKING:
    from .events import Handshake

_PROTOCOL = "optave-v1"
_SECRET_HEADERS = frozenset({"authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key"})


def secrets_of(handshake: Handshake) -> tuple[str, ...]:
    """The tokens and other secrets that this handshake carried, longest first, as on the wire and decoded."""
    found = set(handshake.secrets) | {name for name in handshake.offered_subprotocols if name != _PROTOCOL}
    for name, value in parse_qsl(urlsplit(handshake.url).query, keep_blank_values=False):
        if name == "Authorization":
            found.add(value)
    for part in urlsplit(handshake.url).query.split("&"):
        name, _, value = part.partition("=")
        if unquote_plus(name) == "Authorization" and value:
            found.add(value)
    return tuple(sorted(found, key=len, reverse=True))


def masked(handshake: Handshake) -> Handshake:
    """The same handshake with every occurrence of its tokens, and all cookie and authorization headers, masked."""
    secrets = secrets_of(handshake)

    def clean(text: str) -> str:
        for secret in secrets:
            text = text.replace(secret, mask(secret))
        return text

    def headers(pairs: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
        return tuple((name, mask(value) if name.lower() in _SECRET_HEADERS else clean(value)) for name, value in pairs)

    body = handshake.body
    for secret in secrets:
        body = body.replace(secret.encode(), mask(secret).encode())
    return dataclasses.replace(
        handshake,
        url=mask_url(handshake.url),
        request_headers=headers(handshake.request_headers),
        response_headers=headers(handshake.response_headers),
        body=body,
        offered_subprotocols=tuple(clean(name) for name in handshake.offered_subprotocols),
        selected_subprotocol=None if handshake.selected_subprotocol is None else clean(handshake.selected_subprotocol),
        warnings=tuple(clean(warning) for warning in handshake.warnings),
    )
