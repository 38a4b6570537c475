"""Who stands behind the tap."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from websockets.http11 import Request

    from .events import Frame


class TapOwner(Protocol):
    """Who is told what passes the tap; called in wire order, must not raise."""

    def tapped_request(self, request: Request) -> None:
        """The upgrade request is about to be written."""

    def tapped_response(self) -> None:
        """The server switched protocols; frames may follow within the same call."""

    def tapped_frame(self, frame: Frame) -> None:
        """A frame came or goes."""

    def tapped_close(self) -> None:
        """The close frame just reported is the connection's first."""

    def tapped_pong(self, payload: bytes) -> None:
        """The pong just reported came."""
