"""What happens to one connection, told to its listener: states, frames, and how it ended."""

from __future__ import annotations

import asyncio
from time import monotonic_ns, time_ns
from typing import TYPE_CHECKING, Any

from ..protocol.states import ConnectionState
from .endings import cause_of, count_of_broken, tcp_end
from .events import Close, Closer, ConnectionListener, Ending, Frame, Handshake

if TYPE_CHECKING:
    from collections.abc import Callable

    from websockets.frames import Close as LibraryClose

    from .connector import TappedConnection
    from .tap import TapProtocol


class Life:
    """One connection's states in order, each reported once, and its ending.

    A listener that raises does not harm the connection: its error goes to the event loop's exception handler.
    """

    def __init__(self, listener: ConnectionListener, close_timeout_s: float) -> None:
        self.state = ConnectionState.CONNECTING
        self.was_open = False
        self.ending: Ending | None = None
        self.over = asyncio.Event()
        """Nothing more will happen: an open connection has ended, or the attempt came to nothing."""
        self.dropped = ""
        """Why this side dropped TCP, in words; empty while it did not."""
        self.dropped_by_user = False
        self.broken_frames = 0
        """Frames that break the protocol, sent because the user wanted it."""
        self._on_purpose: dict[str, None] = {}
        self._listener = listener
        self._on_frame = listener.on_frame
        self._close_timeout_s = close_timeout_s
        self._overdue: asyncio.TimerHandle | None = None

    def begin(self) -> None:
        """The attempt starts."""
        self.tell(self._listener.on_state, self.state)

    def answered(self, handshake: Handshake) -> None:
        """The upgrade was answered, or is given up."""
        self.tell(self._listener.on_handshake, handshake)

    def opened(self) -> None:
        """The server switched protocols."""
        self.was_open = True
        self._enter(ConnectionState.OPEN)

    def frame(self, frame: Frame) -> None:
        """A frame came or goes."""
        try:
            self._on_frame(frame)
        except Exception as error:  # noqa: BLE001 - whatever a listener raises must not break the protocol
            _report(error)

    def did_on_purpose(self, what: str) -> None:
        """Remember what the user let this side do against the rules: ``stop reading``."""
        self._on_purpose[what] = None

    def closing(self, drop: Callable[[], None]) -> None:
        """The first close frame came or goes; ``drop`` ends TCP if the other side is too slow with it."""
        self._enter(ConnectionState.CLOSING)
        self._overdue = asyncio.get_running_loop().call_later(self._close_timeout_s, drop)

    def failed(self) -> None:
        """The attempt came to nothing."""
        if not self.was_open:
            self._enter(ConnectionState.CLOSED)
            self.over.set()

    def tcp_ended(self, connection: TappedConnection, error: Exception | None) -> None:
        """TCP is gone."""
        if self._overdue is not None:
            self._overdue.cancel()
        if not self.was_open:
            return
        self.ending = self._ending(connection.protocol, error)
        self._enter(ConnectionState.CLOSED)
        self.tell(self._listener.on_ending, self.ending)
        self.over.set()

    def tell(self, method: Callable[..., None], *arguments: Any) -> None:
        """Call a method of the listener."""
        try:
            method(*arguments)
        except Exception as error:  # noqa: BLE001 - whatever a listener raises must not break the protocol
            _report(error)

    def _enter(self, state: ConnectionState) -> None:
        if state > self.state:
            self.state = state
            self.tell(self._listener.on_state, state)

    def _ending(self, tap: TapProtocol, error: Exception | None) -> Ending:
        received = _close(tap.close_rcvd) or tap.late_close
        sent = _close(tap.close_sent) if tap.close_went_out else None
        on_purpose = [f"send {count_of_broken(self.broken_frames)}"] if self.broken_frames else []
        on_purpose += self._on_purpose
        tcp, tcp_detail = tcp_end(self.dropped, error)
        return Ending(
            received=received,
            sent=sent,
            first=tap.first_closer,
            clean=received is not None and sent is not None and not tap.failed,
            cause=cause_of(
                received=received,
                sent=sent,
                first=tap.first_closer,
                failed=tap.failed,
                fault=tap.fault,
                gave_up=tap.gave_up,
                dropped=self.dropped,
                tcp=tcp,
                tcp_detail=tcp_detail,
                on_purpose=on_purpose,
            ),
            monotonic_ns=monotonic_ns(),
            wall_ns=time_ns(),
            failed=tap.failed,
            tcp=tcp,
            tcp_detail=tcp_detail,
            by_user=self.dropped_by_user or (tap.first_closer is Closer.INSPECTOR and not tap.failed),
            fault=tap.fault if tap.failed else "",
            gave_up=tap.gave_up if tap.failed else "",
            on_purpose=tuple(on_purpose),
        )


def _close(close: LibraryClose | None) -> Close | None:
    return Close(int(close.code), close.reason) if close is not None else None


def _report(error: Exception) -> None:
    asyncio.get_running_loop().call_exception_handler({"message": "A connection's listener failed", "exception": error})
