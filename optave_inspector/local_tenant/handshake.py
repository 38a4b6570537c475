"""The opening handshake: who is let in, and what refuses the others.

RFC 6455 section 4.2; ``protocol.md`` sections 1.3 and 1.4.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from websockets.datastructures import Headers
from websockets.http11 import Request, Response
from websockets.protocol import State
from websockets.typing import Subprotocol

from .faults import reset
from .sockets import TenantSocket
from .tokens import Grant, InvalidTokenError, TokenIssuer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from websockets.asyncio.server import ServerConnection

    from .bench import Bench
    from .scenarios.handshake import HandshakeFault

SUBPROTOCOL = "optave-v1"
_REALM = "optave-local-tenant"


@dataclass(frozen=True, slots=True)
class Admission:
    """A handshake that was let in."""

    grant: Grant
    transport: str
    """Where the token was: ``subprotocol`` or ``query``."""
    chat_session_id: str
    """Query parameter ``OptaveTraceChatSessionId``; empty when not given."""


class Doorkeeper:
    """Checks the token of each handshake. A spent one is let in here, for the connection to be closed with 1008."""

    def __init__(self, issuer: TokenIssuer, bench: Bench) -> None:
        self._issuer = issuer
        self._bench = bench
        self._faults: dict[ServerConnection, HandshakeFault] = {}
        self._admitted: dict[ServerConnection, Admission] = {}
        self.refused = 0

    async def process_request(self, socket: ServerConnection, request: Request) -> Response | None:
        """None to go on with the upgrade, else the response that refuses it."""
        if socket.protocol.state is not State.CONNECTING:
            return None  # gone already: nothing may be kept of it
        if is_upgrade(request):
            fault = self._bench.handshake()
            if fault is not None:
                self._faults[socket] = fault
                if fault.response is not None:
                    self.refused += 1
                    return fault.response
                if fault.reset:
                    reset(socket.transport)
                if fault.reset or fault.silent:
                    assert isinstance(socket, TenantSocket)
                    socket.hold()
                    await socket.wait_closed()
                    return None
        return self._check(socket, request)

    def process_response(self, socket: ServerConnection, request: Request, response: Response) -> None:
        """Spoil the answer of a handshake that was let in, where a scenario asks for it."""
        fault = self._faults.get(socket)
        if fault is not None and fault.spoil is not None and response.status_code == HTTPStatus.SWITCHING_PROTOCOLS:
            fault.spoil(response.headers, offered_subprotocols(request.headers))

    def _check(self, socket: ServerConnection, request: Request) -> Response | None:
        if getattr(request, "method", "GET") != "GET":
            return None  # websockets itself answers 405
        if not is_upgrade(request):
            sentence = "This port speaks WebSocket only: open it with a WebSocket client, which asks for an upgrade."
            return self._refuse(HTTPStatus.UPGRADE_REQUIRED, "upgrade_required", sentence, ("Upgrade", "websocket"))
        offered = offered_subprotocols(request.headers)
        query = query_parameters(request.path)
        tokens = [entry for entry in offered if entry != SUBPROTOCOL]
        transport = "subprotocol" if tokens else "query"
        token = tokens[0] if tokens else _without_bearer(query.get("Authorization", ""))
        if not token:
            sentence = f"No token: offer the subprotocols {SUBPROTOCOL} and the token, or add ?Authorization=<token>."
            return self._refuse(
                HTTPStatus.UNAUTHORIZED, "missing_token", sentence, ("WWW-Authenticate", f'Bearer realm="{_REALM}"')
            )
        try:
            grant = self._issuer.check(token)
        except InvalidTokenError as refused:
            challenge = f'Bearer realm="{_REALM}", error="{refused.error}", error_description="{refused.sentence}"'
            return self._refuse(
                HTTPStatus.UNAUTHORIZED, refused.error, refused.sentence, ("WWW-Authenticate", challenge)
            )
        if tokens and SUBPROTOCOL not in offered:
            sentence = f"The token is offered as a subprotocol without {SUBPROTOCOL}, so there is none to select."
            return self._refuse(HTTPStatus.BAD_REQUEST, "missing_subprotocol", sentence)
        self._admitted[socket] = Admission(grant, transport, query.get("OptaveTraceChatSessionId", ""))
        return None

    def select_subprotocol(self, _socket: ServerConnection, offered: Sequence[Subprotocol]) -> Subprotocol | None:
        """``optave-v1`` where it is offered, else none; the token is never selected, since that would echo it."""
        return Subprotocol(SUBPROTOCOL) if SUBPROTOCOL in offered else None

    def take(self, socket: ServerConnection) -> tuple[Admission, bool]:
        """The admission of a connection that has just opened, and whether its token was unused until now."""
        admission = self._admitted.pop(socket)
        fault = self._faults.get(socket)
        return admission, self._issuer.spend(admission.grant) and not (fault is not None and fault.spent)

    def forget(self, socket: ServerConnection) -> None:
        """The connection is gone, whether it opened or not."""
        self._admitted.pop(socket, None)
        self._faults.pop(socket, None)

    def _refuse(self, status: HTTPStatus, error: str, sentence: str, *extra: tuple[str, str]) -> Response:
        self.refused += 1
        body = json.dumps({"error": error, "error_description": sentence}).encode()
        # RFC 9110 section 15.5.22: Upgrade is named in Connection as well.
        connection = "close, Upgrade" if status is HTTPStatus.UPGRADE_REQUIRED else "close"
        headers = Headers(
            [
                ("Content-Type", "application/json"),
                ("Content-Length", str(len(body))),
                ("Cache-Control", "no-store"),
                ("Connection", connection),
                *extra,
            ]
        )
        return Response(status.value, status.phrase, headers, body)


def is_upgrade(request: Request) -> bool:
    """Whether the request asks for a WebSocket."""
    return "websocket" in ",".join(request.headers.get_all("Upgrade")).lower()


def offered_subprotocols(headers: Headers) -> list[str]:
    """All entries of ``Sec-WebSocket-Protocol`` in order, from one header line or several, with or without spaces."""
    lines = headers.get_all("Sec-WebSocket-Protocol")
    return [entry.strip() for line in lines for entry in line.split(",") if entry.strip()]


def query_parameters(path: str) -> dict[str, str]:
    """The query parameters of ``path``. A second ``?``, which the SDK writes before its own, counts as ``&``."""
    _, _, query = path.partition("?")
    return dict(parse_qsl(query.replace("?", "&"), keep_blank_values=True))


def _without_bearer(token: str) -> str:
    word, _, rest = token.strip().partition(" ")
    return rest.strip() if word.lower() == "bearer" else token.strip()
