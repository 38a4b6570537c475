"""What the user may want a session to do against the rules; each of it stands in the log with a mark of its own."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING

from .session_signals import SessionSignals

if TYPE_CHECKING:
    from .client.connection import Connection
    from .client.made_frames import MadeFrame


class SessionOnPurpose(SessionSignals):
    """The part of :class:`.session.Session` that makes things go wrong, by order only."""

    async def send_made(self, frame: MadeFrame) -> None:
        """Send a frame made by hand, whatever it is. Raises InspectorError where nothing can be written."""
        await self._open_connection().on_purpose.send(frame)

    def reset(self) -> None:
        """End TCP by a reset. Raises NotOpen."""
        rude = self._open_connection().on_purpose
        self._note("TCP is reset (RST), as the user asked for.", on_purpose=True)
        rude.reset()

    def half_close(self) -> None:
        """End this direction of TCP, without a close frame, and go on reading. Raises InspectorError."""
        self._open_connection().on_purpose.half_close()
        self._note(
            "This side ended its direction of TCP (FIN) without a close frame, as the user asked for.", on_purpose=True
        )

    def stop_reading(self, on: bool) -> None:  # noqa: FBT001 - reads as a sentence
        """Read nothing more from TCP, or read on. Raises InspectorError."""
        self._open_connection().on_purpose.stop_reading(on)
        self._note("Nothing is read from now on, as the user asked for." if on else "Reading goes on.", on_purpose=True)

    def leave_pings(self, on: bool) -> None:  # noqa: FBT001 - reads as a sentence
        """Answer no pings, or answer them again. Raises InspectorError."""
        self._open_connection().on_purpose.leave_pings(on)
        words = "Pings are not answered from now on, as the user asked for." if on else "Pings are answered again."
        self._note(words, on_purpose=True)

    @abstractmethod
    def _open_connection(self) -> Connection:
        """The connection. Raises NotOpen when there was none."""

    @abstractmethod
    def _note(self, sentence: str, **marks: bool) -> None:
        """Put a note into the log."""
