"""One connection workspace: attempts, capture and traces joined, with nothing of the window in it."""

from __future__ import annotations

import asyncio
import contextlib
import time
from types import MappingProxyType
from typing import TYPE_CHECKING

from .backlog import Backlog
from .capture.entry import EntryFlag, EntryKind
from .client.accepted import AcceptedCertificates
from .client.connection import Connection, MaybeSent, NotOpen
from .client.events import Ending, Frame, Handshake, TokenUse
from .client.failures import ConnectFailed
from .client.token_sources import UsedTokens
from .errors import InspectorError
from .memory_watch import Memory, MemoryWatch, read_memory
from .protocol.states import ConnectionState
from .protocol.url_template import mask_url
from .recorder import Recorded, Recorder
from .session_on_purpose import SessionOnPurpose
from .tasks import Tasks
from .tracing.connection_lives import ConnectionLives
from .tracing.correlator import Correlator

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from .capture.entry import Entry
    from .capture.store import CaptureStore
    from .client.config import ConnectionConfig, TokenSourceConfig
    from .client.tls_words import UntrustedPeer
    from .protocol.contract import Contract
    from .tracing.counts import Counts
    from .tracing.exchange import Exchange

_FLUSH_S = 0.033
_FLUSH_ENTRIES = 500
"""A batch of this many is processed at once: about 10 ms of the event loop."""
_EXPIRE_S = 0.1
_NEITHER = 2
_CLOSE = 8
_GENERATED = int(EntryFlag.GENERATED)
_TEXTS = frozenset({EntryKind.TEXT, EntryKind.NOT_SENT})
_NOTHING: Mapping[str, str] = MappingProxyType({})


class Session(SessionOnPurpose):
    """One connection workspace: connect, send, close; what came and went; which answer belongs to which request.

    Runs on any asyncio loop; all methods and signals belong to that loop's thread. The window, the tour and recipes
    drive this class. Signals are emitted after the change they tell of; entries are announced once they can be read
    from ``store``.
    """

    def __init__(
        self, store: CaptureStore, contract: Contract, read_memory: Callable[[], Memory] = read_memory
    ) -> None:
        self.store = store
        self.contract = contract
        self.state = ConnectionState.CLOSED
        self.config: ConnectionConfig | None = None
        self.handshake: Handshake | None = None
        self.ending: Ending | None = None
        self.failure: ConnectFailed | None = None
        self.handshake_wall_ns = 0
        """Unix time at which the newest handshake ended; 0 before the first."""
        self.token_use: TokenUse | None = None
        self.tokens_taken: dict[str, int] = {}
        """How many tokens each source gave, by its name."""
        self.closed = False
        """:meth:`aclose` was called: nothing is connected any more."""
        self.opened_ns = 0
        """``time.monotonic_ns`` at which the newest connection opened; 0 before the first."""
        self._upgraded_ns = self._closing_ns = 0
        self.lives = ConnectionLives()
        """All connection attempts, from when to when."""
        self.sent = 0
        self.received = 0
        self.used_tokens = UsedTokens()
        self.accepted = AcceptedCertificates()
        """What the user accepted for this session, and for it alone."""
        self._correlator = Correlator(timeout_ns=30 * 10**9)
        self._recorder = Recorder()
        self._made_parts: dict[bytes, Mapping[str, str]] = {}
        """What nobody typed of the texts that are about to leave, by their bytes."""
        self._tasks = Tasks("session", on_error=lambda name, error: self.warned.emit(f"{name} failed: {error}"))
        self._connection: Connection | None = None
        self._pending: list[Frame | Callable[[], list[Recorded]]] = []
        self._flush_timer: asyncio.TimerHandle | None = None
        self._expire_timer: asyncio.TimerHandle | None = None
        self._backlog = Backlog()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._memory = MemoryWatch(store, self, read_memory)

    @property
    def attempt(self) -> int:
        """Connection attempts so far; the number of the newest one."""
        return self._recorder.attempt

    @property
    def connected_ns(self) -> int | None:
        """From the newest upgrade to where the end began: the first close frame, else TCP's end. None until then."""
        if self.ending is None or not self._upgraded_ns:
            return None
        return max((self._closing_ns or self.ending.monotonic_ns) - self._upgraded_ns, 0)

    @property
    def exchanges(self) -> Sequence[Exchange]:
        """All exchanges in the order of their requests; number ``n`` stands at index ``n - 1``."""
        return self._correlator.exchanges

    @property
    def counts(self) -> Counts:
        """Every message in the place where it belongs: answers in time, late ones, orphans and so on."""
        return self._correlator.counts

    def reason(self, entry: Entry) -> str:
        """Why an incoming entry is marked as it is, as a sentence; empty for an answer in time matched by its ID."""
        return self._correlator.reason(entry)

    @property
    def waiting(self) -> int:
        """Exchanges that have not ended."""
        return self._correlator.waiting

    async def connect(self, config: ConnectionConfig, source: TokenSourceConfig) -> Handshake:
        """Open a connection as a new attempt, with a fresh token from ``source``.

        Raises ConnectFailed, which was told by ``failed`` and stands in the log, when it does not open, and
        InspectorError when the former connection has not ended.
        """
        if self.closed:
            raise InspectorError("This session has been closed.", "Open another one.")
        if self.state is not ConnectionState.CLOSED:
            raise InspectorError(f"This session is {self.state.name}.", "Disconnect first.")
        self._loop = asyncio.get_running_loop()
        self._recorder.attempt += 1
        self.lives.began(self.attempt, time.monotonic_ns())
        self.config = config
        self.handshake = self.ending = self.failure = self.token_use = None
        self._upgraded_ns = self._closing_ns = 0
        self._correlator.timeout_ns = int(config.request_timeout_s * 1e9)
        self._note(f"Connecting to {mask_url(config.url)}, token by {config.auth_transport}.")
        accepted = self.accepted
        connection = Connection(
            accepted.into(config), accepted.into(source), self, self.used_tokens, ready=self._backlog.drained
        )
        self._connection = connection
        try:
            return await connection.open()
        except ConnectFailed as failure:
            self.failure = failure
            if failure.untrusted is not None:
                accepted.forget(failure.untrusted.address)  # it shows another one now, which is judged anew
            status = failure.handshake.status if failure.handshake is not None else None
            self.lives.ended(self.attempt, time.monotonic_ns(), status or 0)
            told, monotonic_ns, wall_ns = failure, time.monotonic_ns(), time.time_ns()
            self._add(lambda: [self._recorder.failure(told, monotonic_ns, wall_ns)])
            self._flush()
            self.failed.emit(failure)
            raise

    def accept_certificate(self, peer: UntrustedPeer) -> None:
        """Accept the certificate that ``peer`` showed, until the session is closed; the log says so."""
        self.accepted.accept(peer)
        self._note(
            f"The user accepted the certificate of {peer.address} for this session, by its SHA-256 fingerprint "
            f"{peer.sha256}. {peer.reason}",
            problem=True,
            on_purpose=True,
        )
        self._flush()

    def forget_accepted(self) -> None:
        """Have all certificates judged anew from the next connection on; the log says so."""
        self.accepted.forget()
        self._note("No certificate is accepted any more that nothing vouches for, as the user asked for.")
        self._flush()

    async def send_text(self, text: str, made_parts: Mapping[str, str] = _NOTHING) -> None:
        """Send one text message, byte for byte.

        ``made_parts`` says what of it nobody typed, by JSON path, and goes into the capture. Raises NotOpen when the
        state is not OPEN; the text stands in the capture then, marked as not sent.
        """
        if made_parts:
            self._made_parts[text.encode("utf-8", "surrogatepass")] = made_parts
        try:
            await self._open_connection().send_text(text)
        except MaybeSent:
            raise
        except NotOpen:
            state = ConnectionState.CLOSED if self.state.can_send else self.state
            monotonic_ns, wall_ns = time.monotonic_ns(), time.time_ns()
            self._add(lambda: [self._recorder.not_sent(text, state.name, monotonic_ns, wall_ns)])
            raise
        except InspectorError:
            self._made_parts.pop(text.encode("utf-8", "surrogatepass"), None)  # it can not be sent at all
            raise

    def cancel_exchange(self, number: int) -> None:
        """Wait no longer for an exchange; nothing goes on the wire. An answer that still comes is late.

        Raises InspectorError when there is no such exchange, or when it has ended.
        """
        self._flush()
        monotonic_ns, wall_ns = time.monotonic_ns(), time.time_ns()
        self._tell_exchanges(self._correlator.expire(monotonic_ns))
        if not 1 <= number <= len(self.exchanges):
            raise InspectorError(f"There is no exchange {number} in this session.")
        exchange = self.exchanges[number - 1]
        if exchange.status.ended:
            words = exchange.status.name.lower().replace("_", " ")
            raise InspectorError(f"Exchange {number} waits no longer: {words}.", "Only what waits can be cancelled.")
        self._add(lambda: [self._recorder.cancelled(exchange, monotonic_ns, wall_ns)])
        self._flush()

    async def send_binary(self, data: bytes) -> None:
        """Send one binary message. Raises NotOpen when the state is not OPEN."""
        await self._open_connection().send_binary(data)

    async def ping(self, data: bytes = b"") -> None:
        """Send one ping; the pong is an entry of its own. Raises NotOpen when the state is not OPEN."""
        await self._open_connection().ping(data)

    async def close(self, code: int | None = 1000, reason: str = "") -> Ending | None:
        """Close with a code and a reason of the user's choice and wait for the ending; None when nothing was open.

        Without a code, the close frame is empty. While connecting, the attempt is given up. Raises InspectorError for a
        code that may not be sent.
        """
        connection = self._connection
        if connection is None or self.state is ConnectionState.CLOSED:
            return None
        if self.state is ConnectionState.CONNECTING:
            connection.abort()
            return None
        await connection.close(code, reason)
        return await connection.wait_ended()

    def abort(self) -> None:
        """Drop the TCP connection without a close frame, or give up connecting."""
        if self._connection is not None and self.state is not ConnectionState.CLOSED:
            self._connection.abort()

    async def settled(self) -> None:
        """Wait until everything that was seen is in the store and announced."""
        self._flush()
        await self._backlog.empty()

    async def aclose(self) -> None:
        """End the connection (1001, going away), write what was seen, and free everything but the store."""
        self.closed = True
        if self._connection is not None and self.state is not ConnectionState.CLOSED:
            try:
                async with asyncio.timeout(2):
                    await self.close(1001, "inspector closes")
            except (TimeoutError, InspectorError):
                self.abort()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(2):
                        await self._connection.wait_ended()
        await self._tasks.cancel()
        for timer in (self._flush_timer, self._expire_timer):
            if timer is not None:
                timer.cancel()
        self._flush_timer = self._expire_timer = None
        await self.settled()
        self._memory.stop()

    # What a connection tells: client.events.ConnectionListener

    def on_state(self, state: ConnectionState) -> None:
        """The state changed."""
        self.state = state
        if state is ConnectionState.OPEN:
            self.opened_ns = time.monotonic_ns()
            self.lives.opened(self.attempt, self.opened_ns)
        self.state_changed.emit(state)

    def on_token(self, use: TokenUse) -> None:
        """A token is about to be sent."""
        self.token_use = use
        self.tokens_taken[use.source] = self.tokens_taken.get(use.source, 0) + 1
        self._note(f"Token taken: {use.source}{', used before' if use.reused else ''}.")
        self.token_taken.emit(use)

    def on_handshake(self, handshake: Handshake) -> None:
        """The upgrade was answered, or gave up."""
        self.handshake = handshake
        monotonic_ns, wall_ns = time.monotonic_ns(), time.time_ns()
        self.handshake_wall_ns, self._upgraded_ns = wall_ns, monotonic_ns
        limit_s = self.config.request_timeout_s if self.config is not None else None
        ping_s = self.config.ping_interval_s if self.config is not None else None
        use, recorder = self.token_use, self._recorder
        self._add(
            lambda: [recorder.handshake(handshake, monotonic_ns, wall_ns, limit_s, token=use, ping_interval_s=ping_s)]
        )
        self._flush()
        self.handshake_done.emit(handshake)
        for warning in handshake.warnings:
            self.warned.emit(warning)

    def on_frame(self, frame: Frame) -> None:
        """A frame came or went."""
        if frame.opcode == _CLOSE and not self._closing_ns:
            self._closing_ns = frame.monotonic_ns
        self._pending.append(frame)
        self._backlog.frame(len(frame.payload))
        if len(self._pending) >= _FLUSH_ENTRIES:
            self._flush()
        elif self._flush_timer is None:
            self._flush_timer = self._running_loop().call_later(_FLUSH_S, self._flush)

    def on_ending(self, ending: Ending) -> None:
        """An open connection ended."""
        self.ending = ending
        self.lives.ended(self.attempt, ending.monotonic_ns, ending.code)
        self._add(lambda: [*self._recorder.unfinished(), self._recorder.ending(ending)])
        self._flush()
        self._tell_exchanges(self._correlator.cut_off(self.attempt, ending.monotonic_ns))
        self.ended.emit(ending)

    def note(self, sentence: str, *, problem: bool = False) -> None:
        """Put a note into the log about what the inspector does by itself; marked as made by it."""
        self._note(sentence, problem=problem, tool_made=True)
        self._flush()  # it belongs to the attempt of now, not to one that is about to begin

    def note_order(self, sentence: str) -> None:
        """Put a note into the log about what the user orders of the tenant, before it takes effect."""
        self._note(sentence, on_purpose=True)
        self._flush()

    def _note(self, sentence: str, **marks: bool) -> None:
        monotonic_ns, wall_ns = time.monotonic_ns(), time.time_ns()
        recorder = self._recorder
        self._add(lambda: [recorder.note(sentence, monotonic_ns, wall_ns, **marks)])

    def _add(self, make: Callable[[], list[Recorded]]) -> None:
        self._pending.append(make)
        self._backlog.note()
        if self._flush_timer is None:
            self._flush_timer = self._running_loop().call_later(_FLUSH_S, self._flush)

    def _flush(self) -> None:
        if self._flush_timer is not None:
            self._flush_timer.cancel()
            self._flush_timer = None
        if not self._pending:
            return
        pending, self._pending = self._pending, []
        backlog, size = len(pending), 0
        batch: list[tuple[Entry, bytes]] = []
        changed: set[int] = set()
        for item in pending:
            if isinstance(item, Frame):
                size += len(item.payload)
                recorded = self._recorder.frame(item)
                if recorded is not None:
                    batch.append(self._correlate(recorded, changed))
            else:
                batch.extend(self._correlate(recorded, changed) for recorded in item())
        told = self._told_parts(batch) if self._made_parts else ()
        if batch:
            self.store.append(batch, lambda count: self._on_stored(count, backlog, size, changed))
        else:
            self._backlog.caught_up(backlog, size)
        for number, parts in told:
            self.store.set_made_parts(number, parts)
        if self._correlator.waiting and self._expire_timer is None:
            self._expire_timer = self._running_loop().call_later(_EXPIRE_S, self._expire)

    def _told_parts(self, batch: Sequence[tuple[Entry, bytes]]) -> list[tuple[int, Mapping[str, str]]]:
        """Which of these messages have parts that nobody typed; they are marked."""
        told = []
        for entry, payload in batch:
            parts = self._made_parts.pop(payload, None) if entry.direction and entry.kind in _TEXTS else None
            if parts is not None:
                entry.flags |= _GENERATED
                told.append((entry.number, parts))
        return told

    def _correlate(self, recorded: Recorded, changed: set[int]) -> tuple[Entry, bytes]:
        entry, payload, seen = recorded
        changed |= self._correlator.hand_in(entry, seen)
        if seen is not None and entry.direction != _NEITHER:
            if entry.direction:
                self.sent += 1
            else:
                self.received += 1
        return entry, payload

    def _on_stored(self, count: int, backlog: int, size: int, changed: set[int]) -> None:
        # Called on the store's thread; the loop may be gone when the last batch is written while the app ends.
        with contextlib.suppress(RuntimeError):
            self._running_loop().call_soon_threadsafe(self._stored, count, backlog, size, changed)

    def _stored(self, count: int, backlog: int, size: int, changed: set[int]) -> None:
        self._backlog.caught_up(backlog, size)
        self.entries_added.emit(count)
        self._tell_exchanges(changed)
        self._memory.stored()

    def _expire(self) -> None:
        self._expire_timer = None
        self._flush()
        self._tell_exchanges(self._correlator.expire(time.monotonic_ns()))
        if self._correlator.waiting:
            self._expire_timer = self._running_loop().call_later(_EXPIRE_S, self._expire)

    def _tell_exchanges(self, changed: set[int]) -> None:
        if changed:
            self.exchanges_changed.emit(sorted(changed))

    def _open_connection(self) -> Connection:
        if self._connection is None:
            raise NotOpen("There is no connection to send on.", "Connect first.")
        return self._connection

    def _running_loop(self) -> asyncio.AbstractEventLoop:
        if self._loop is None:
            self._loop = asyncio.get_running_loop()
        return self._loop
