"""One WebSocket connection from token to ending."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from websockets.frames import CloseCode
from websockets.protocol import State

from ..errors import InspectorError
from ..protocol.close_codes import close_problem
from ..protocol.states import ConnectionState
from ..tasks import Tasks
from .attempt import Attempt
from .endings import NO_SIGN_OF_LIFE
from .events import Direction, FailureKind
from .failures import ConnectFailed
from .keepalive import Keepalive
from .life import Life
from .on_purpose import OnPurpose
from .read_gate import ReadGate

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from websockets.http11 import Request

    from .config import ConnectionConfig, TokenSourceConfig
    from .connector import TappedConnection
    from .events import ConnectionListener, Ending, Frame, Handshake
    from .token_sources import UsedTokens

MAX_PING_BYTES = 125
"""RFC 6455 section 5.5."""


class NotOpen(InspectorError):  # noqa: N818 - a state that callers name, like ConnectionClosed
    """Something was to be sent while the connection was not open."""


class MaybeSent(NotOpen):
    """The connection ended while something was being sent: it was on its way, and may not have arrived."""


class Connection:
    """One attempt to connect and, when it succeeds, the connection until its end. Make a new one for each attempt.

    ``listener`` is told everything in wire order. ``ready`` is awaited before more is read from the socket, so that
    whoever stores the frames can slow the sender down; nothing is ever dropped. Nothing happens behind the user's
    back: no reconnect, no redirect followed, no proxy and no ping unless ``config`` asks for it.
    """

    def __init__(
        self,
        config: ConnectionConfig,
        source: TokenSourceConfig,
        listener: ConnectionListener,
        used: UsedTokens,
        *,
        ready: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self._config = config
        self._ready = ready
        self._life = Life(listener, config.close_timeout_s)
        self._attempt = Attempt(config, source, used, listener, self._life)
        self._tasks = Tasks("connection")
        self._running: list[asyncio.Task[None]] = []
        self._begun = False
        self._aborted = False
        self._opening: asyncio.Timeout | None = None
        self._gate: ReadGate | None = None
        self._keepalive: Keepalive | None = None

    @property
    def state(self) -> ConnectionState:
        """The state as last reported to the listener; CONNECTING before :meth:`open`."""
        return self._life.state

    async def open(self) -> Handshake:
        """Take a token, connect, upgrade. Call once.

        Raises ConnectFailed, whose handshake tells how far it came. Cancelling leaves no socket and no task behind.
        """
        if self._begun:
            raise RuntimeError("A connection is opened once; make a new one for another attempt.")
        self._begun = True
        self._life.begin()
        try:
            if self._aborted:
                raise self._cancelled()
            async with asyncio.timeout(None) as self._opening:
                return await self._attempt.run(self)
        except TimeoutError:
            raise self._cancelled() from None
        finally:
            self._opening = None
            self._life.failed()

    async def send_text(self, text: str) -> None:
        """Send a text message in one frame; returns when it is in the socket's buffer.

        Raises NotOpen, MaybeSent if it had left already, or InspectorError for text that UTF-8 cannot carry.
        """
        try:
            data = text.encode()
        except UnicodeEncodeError as error:
            half = f"half of a surrogate pair (U+{ord(text[error.start]):04X}) at position {error.start + 1:,}"
            raise InspectorError(
                f"The text has {half}, which UTF-8 cannot carry.", "Write the whole character."
            ) from None
        connection = self._open_connection("The message")
        with connection.protocol.made_by_user():
            connection.protocol.send_text(data)
        await self._flush(connection)

    async def send_binary(self, data: bytes) -> None:
        """Send a binary message in one frame. Raises NotOpen."""
        connection = self._open_connection("The message")
        with connection.protocol.made_by_user():
            connection.protocol.send_binary(data)
        await self._flush(connection)

    async def ping(self, payload: bytes = b"") -> None:
        """Send a ping, by the user's will, with at most MAX_PING_BYTES. Raises NotOpen, InspectorError."""
        if len(payload) > MAX_PING_BYTES:
            raise InspectorError(f"A ping carries at most {MAX_PING_BYTES} bytes; this one has {len(payload):,}.")
        connection = self._open_connection("The ping")
        with connection.protocol.made_by_user():
            connection.protocol.send_ping(payload)
        await self._flush(connection)

    async def close(self, code: int | None = 1000, reason: str = "") -> None:
        """Send a close frame, None for one without a code, and wait until TCP has ended, at most ``close_timeout_s``.

        Raises NotOpen, or InspectorError for what a close frame may not carry; the connection stays open then.
        """
        if code is not None or reason:
            problem = close_problem(code, reason) if code is not None else "A reason needs a code before it."
            if problem:
                raise InspectorError(problem)
        connection = self._open_connection("The close frame")
        with connection.protocol.made_by_user():
            connection.protocol.send_close(code, reason)
        connection.send_data()
        await self._life.over.wait()

    def abort(self) -> None:
        """Drop TCP at once without a close frame; while connecting, give up."""
        self._aborted = True
        if self._life.was_open:
            self._life.dropped_by_user |= not self._life.dropped
            self._drop("The inspector dropped TCP because the user asked for it.")
        elif self._opening is not None:
            self._opening.reschedule(asyncio.get_running_loop().time())

    @property
    def on_purpose(self) -> OnPurpose:
        """What may be done against the rules. Raises NotOpen before the connection was open and after it has ended."""
        if not self._life.was_open or self.state is ConnectionState.CLOSED:
            raise NotOpen(f"The connection is {self.state.name}.", "Connect first.")
        return OnPurpose(self._attempt.connection, self._gate, self._life)

    async def wait_ended(self) -> Ending:
        """Wait until TCP has ended. Raises NotOpen when the connection never was open and no longer will be."""
        await self._life.over.wait()
        await self._tasks.cancel()
        if self._life.ending is None:
            raise NotOpen("The connection never was open.")
        return self._life.ending

    # What the connector tells

    def tapped_request(self, request: Request) -> None:
        """The upgrade request goes out."""
        self._attempt.requested(request)

    def tapped_response(self) -> None:
        """The server switched protocols."""
        connection = self._attempt.connection
        if self._ready is not None:
            self._gate = ReadGate(connection.transport, self._ready)
            self._running.append(self._tasks.start(self._run_gate(self._gate), "back pressure"))
        if self._config.ping_interval_s is not None:
            self._keepalive = Keepalive(
                self._config.ping_interval_s,
                self._config.ping_timeout_s,
                ping=self._ping_automatically,
                give_up=self._give_up,
                paused=lambda: self._gate is not None and self._gate.paused,
            )
            self._running.append(self._tasks.start(self._keepalive.run(), "keepalive"))
        self._attempt.upgraded()
        self._life.opened()

    def tapped_frame(self, frame: Frame) -> None:
        """A frame came or goes."""
        self._life.frame(frame)
        if frame.compressed and self._gate is not None and frame.direction is Direction.IN:
            self._gate.bytes_came(len(frame.payload))

    def tapped_close(self) -> None:
        """The first close frame came or goes."""
        self._life.closing(self._close_overdue)

    def tapped_pong(self, payload: bytes) -> None:
        """A pong came."""
        if self._keepalive is not None:
            self._keepalive.pong(payload)

    def bytes_came(self, size: int) -> None:
        """The socket gave bytes."""
        if self._gate is not None:
            self._gate.bytes_came(size)
        if self._keepalive is not None:
            self._keepalive.heard()

    @property
    def reading_waits(self) -> bool:
        """Whether whoever takes the frames is not ready for more."""
        return self._gate is not None and self._gate.paused

    def tcp_ended(self, error: Exception | None) -> None:
        """TCP is gone."""
        self._life.tcp_ended(self._attempt.connection, error)
        for task in self._running:
            task.cancel()

    # Inside

    def _open_connection(self, what: str) -> TappedConnection:
        if not self.state.can_send:
            raise NotOpen(f"{what} was not sent: the connection is {self.state.name}.", "Connect first.")
        if not self._can_send:
            raise NotOpen(f"{what} was not sent: the server has just ended TCP.", "Connect again.")
        if self._attempt.connection.protocol.mouth_shut:
            raise NotOpen(f"{what} was not sent: this side has ended its direction of TCP.", "Connect again.")
        return self._attempt.connection

    @property
    def _can_send(self) -> bool:
        """Also false between the end of TCP and the event loop's word of it."""
        return self.state.can_send and self._attempt.connection.protocol.state is State.OPEN

    def _cancelled(self) -> ConnectFailed:
        return ConnectFailed(FailureKind.CANCELLED, "Connecting was cancelled.", handshake=self._attempt.handshake)

    async def _flush(self, connection: TappedConnection) -> None:
        connection.send_data()
        error: OSError | None = None
        try:
            await connection.drain()
        except OSError as lost:
            error = lost
        if error is not None or self.state is ConnectionState.CLOSED:
            raise MaybeSent("The connection ended while this was being sent; it may not have arrived.") from error

    def _ping_automatically(self, payload: bytes) -> None:
        connection = self._attempt.connection
        if self._can_send:
            connection.protocol.send_ping(payload)
            connection.send_data()

    def _give_up(self) -> None:
        connection = self._attempt.connection
        if self._can_send:
            connection.protocol.give_up(CloseCode.INTERNAL_ERROR, NO_SIGN_OF_LIFE.format(self._config.ping_timeout_s))
            connection.send_data()

    async def _run_gate(self, gate: ReadGate) -> None:
        try:
            await gate.run(self._keepalive.heard if self._keepalive is not None else lambda: None)
        except Exception:
            self._drop("The inspector dropped TCP because it could not keep what came.")
            raise

    def _close_overdue(self) -> None:
        limit = f"within {self._config.close_timeout_s:g} s; the inspector dropped it."
        protocol = self._attempt.connection.protocol
        if self._gate is not None and self._gate.held:
            self._drop(f"The server may have answered the close frame, but nothing was read {limit}")
        elif self._gate is not None and self._gate.paused:
            self._drop(f"What came before an answer to the close frame could not be kept {limit}")
        elif protocol.close_rcvd is None and not protocol.failed:
            self._drop(f"The server neither answered the close frame nor ended TCP {limit}")
        else:
            self._drop(f"The server did not end TCP {limit}")

    def _drop(self, why: str) -> None:
        if not self._life.dropped:
            self._life.dropped = why
        self._attempt.connection.transport.abort()
