"""From what a connection reports to the entries of the log: joins fragments, peeks into envelopes, numbers rows."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec

from .capture.entry import Entry, EntryFlag, EntryKind
from .client.events import Closer, Direction, Ending, Frame, Handshake, PeerCertificate, TokenUse
from .client.masking import masked
from .protocol.close_codes import explain
from .protocol.codec import Peek, peek

if TYPE_CHECKING:
    from .client.failures import ConnectFailed
    from .tracing.exchange import Exchange

_NEITHER = 2
# Plain numbers: binding an enum's member to a statement takes SQLite a microsecond more, for each.
_TOOL_MADE, _PROBLEM, _COMPRESSED = int(EntryFlag.TOOL_MADE), int(EntryFlag.PROBLEM), int(EntryFlag.COMPRESSED)
_ON_PURPOSE = int(EntryFlag.ON_PURPOSE)
_CONTINUATION, _TEXT, _BINARY, _CLOSE, _PING, _PONG = 0, 1, 2, 8, 9, 10
_MESSAGES = frozenset({_TEXT, _BINARY, int(EntryKind.NOT_SENT)})
_SOUND = frozenset({_CONTINUATION, _TEXT, _BINARY, _CLOSE, _PING, _PONG})

Recorded = tuple[Entry, bytes, Peek | None]
"""An entry, its payload, and what was read of it when it is a whole message."""


def seen_in(entry: Entry, payload: bytes) -> Peek | None:
    """What was read of an entry's message as it was recorded, for an entry that is read from a capture.

    All but the summary of an envelope: the entry has it.
    """
    if entry.kind not in _MESSAGES:
        return None
    return peek(payload, is_text=entry.kind != _BINARY, with_summary=False)


@dataclass(slots=True)
class _Partial:
    """A message of which not all fragments came yet."""

    first: Frame
    chunks: list[bytes] = field(default_factory=list)
    wire_size: int = 0


class Recorder:
    """Makes the entries of one session. Not thread-safe; the numbers count from 1 without gaps."""

    def __init__(self) -> None:
        self.attempt = 0
        self._number = 0
        self._partial: dict[Direction, _Partial] = {}

    def frame(self, frame: Frame) -> Recorded | None:
        """The entry that ``frame`` completes; None while a fragmented message goes on (RFC 6455 section 5.4)."""
        opcode = frame.opcode
        if frame.problem or opcode not in _SOUND:
            return self._broken(frame)
        if opcode >= _CLOSE:
            return self._control(frame)
        if frame.fin and opcode != _CONTINUATION:
            return self._message(frame, frame.payload, frame.wire_size, 1)
        partial = self._partial.get(frame.direction)
        if opcode != _CONTINUATION:
            self._partial[frame.direction] = _Partial(frame, [frame.payload], frame.wire_size)
            return None
        if partial is None:
            return self._broken(frame, "A continuation frame without a message to continue.")
        partial.chunks.append(frame.payload)
        partial.wire_size += frame.wire_size
        if not frame.fin:
            return None
        del self._partial[frame.direction]
        whole = msgspec.structs.replace(
            frame,
            opcode=partial.first.opcode,
            tool_made=partial.first.tool_made,
            compressed=partial.first.compressed,
            on_purpose=frame.on_purpose or partial.first.on_purpose,
        )
        return self._message(whole, b"".join(partial.chunks), partial.wire_size, len(partial.chunks))

    def unfinished(self) -> list[Recorded]:
        """Entries for messages of which the last fragment never came; to be asked for when a connection has ended."""
        left = [
            self._broken(
                msgspec.structs.replace(part.first, payload=b"".join(part.chunks), wire_size=part.wire_size),
                f"Only {len(part.chunks)} fragments of this message came before the connection ended.",
            )
            for part in self._partial.values()
        ]
        self._partial.clear()
        return left

    def handshake(
        self,
        handshake: Handshake,
        monotonic_ns: int,
        wall_ns: int,
        request_timeout_s: float | None = None,
        *,
        token: TokenUse | None = None,
        ping_interval_s: float | None = None,
    ) -> Recorded:
        """The marker of an answered (or unanswered) upgrade; its payload is JSON without the token.

        ``request_timeout_s`` is how long the session waits for answers on this connection: without it, traces could not
        be rebuilt as they were. Of ``token`` and ``ping_interval_s`` close reports speak.
        """
        safe = masked(handshake)
        timings = handshake.timings
        content: dict[str, object] = {
            "url": safe.url,
            "request": dict(_joined(safe.request_headers)),
            "status": safe.status,
            "reasonPhrase": safe.reason_phrase,
            "response": dict(_joined(safe.response_headers)),
            "body": safe.body.decode("utf-8", "replace"),
            "selectedSubprotocol": safe.selected_subprotocol,
            "extensions": list(safe.extensions),
            "peerAddress": safe.peer_address,
            "tls": safe.tls,
            "timingsMs": {
                "token": timings.token_ms,
                "dns": timings.dns_ms,
                "tcp": timings.tcp_ms,
                "tls": timings.tls_ms,
                "upgrade": timings.upgrade_ms,
                "proxy": timings.proxy_ms,
            },
            "warnings": list(safe.warnings),
        }
        if safe.certificates:
            content["certificates"] = [_certificate(each) for each in safe.certificates]
        if safe.distrust:
            content["distrust"] = safe.distrust
        if safe.accepted_by_user:
            content["acceptedByUser"] = True
        if safe.proxy:
            content["proxy"] = safe.proxy
        if request_timeout_s is not None:
            content["requestTimeoutMs"] = request_timeout_s * 1000
        if token is not None:
            content["tokenUse"] = {
                "source": token.source,
                "reused": token.reused,
                "issued": token.issued_unix_s,
                "expires": token.expires_unix_s,
            }
        if ping_interval_s is not None:
            content["pingIntervalS"] = ping_interval_s
        if handshake.status is None:
            summary = "The upgrade was not answered."
        elif handshake.accepted:
            chosen = safe.selected_subprotocol or "no subprotocol"
            summary = f"101 {safe.reason_phrase} · {timings.total_ms:.0f} ms · {chosen}"
        else:
            summary = f"{safe.status} {safe.reason_phrase}: {_one_line(safe.body.decode('utf-8', 'replace'), 140)}"
        flags = 0 if handshake.accepted else _PROBLEM
        entry = self._event(EntryKind.HANDSHAKE, summary, monotonic_ns, wall_ns, flags, code=handshake.status or 0)
        return self._with_payload(entry, msgspec.json.encode(content))

    def ending(self, ending: Ending) -> Recorded:
        """The marker of an ending."""
        info = explain(ending.code)
        closer = {Closer.PEER: "the tenant", Closer.INSPECTOR: "the inspector", Closer.NOBODY: "nobody"}[ending.first]
        manner = "clean" if ending.clean else "not clean"
        summary = f"{ending.code} {info.name} · first close frame: {closer} · {manner} · {ending.cause}"
        content = {
            "code": ending.code,
            "name": info.name,
            "received": None if ending.received is None else [ending.received.code, ending.received.reason],
            "sent": None if ending.sent is None else [ending.sent.code, ending.sent.reason],
            "firstCloseFrame": closer,
            "clean": ending.clean,
            "cause": ending.cause,
            "failed": ending.failed,
            "tcp": ending.tcp,
            "tcpDetail": ending.tcp_detail,
            "byUser": ending.by_user,
            "fault": ending.fault,
            "gaveUp": ending.gave_up,
            "onPurpose": list(ending.on_purpose),
        }
        flags = 0 if ending.clean else _PROBLEM
        entry = self._event(EntryKind.ENDING, summary, ending.monotonic_ns, ending.wall_ns, flags, code=ending.code)
        return self._with_payload(entry, msgspec.json.encode(content))

    def note(
        self,
        sentence: str,
        monotonic_ns: int,
        wall_ns: int,
        *,
        problem: bool = False,
        tool_made: bool = False,
        on_purpose: bool = False,
    ) -> Recorded:
        """A marker in words: connecting, a token taken, an attempt that failed before anything was sent.

        ``tool_made``: of what the inspector does by itself, such as trying again; ``on_purpose``: of what the user lets
        it do against the rules.
        """
        flags = (_PROBLEM if problem else 0) | (_TOOL_MADE if tool_made else 0) | (_ON_PURPOSE if on_purpose else 0)
        entry = self._event(EntryKind.STATE, sentence, monotonic_ns, wall_ns, flags)
        return self._with_payload(entry, sentence.encode())

    def failure(self, failure: ConnectFailed, monotonic_ns: int, wall_ns: int) -> Recorded:
        """The marker of an attempt that did not open: a sentence and what to do as lines, the kind as its state.

        A later reading finds the likely causes by the kind, which no sentence tells for sure.
        """
        entry = self._event(EntryKind.STATE, f"{failure}", monotonic_ns, wall_ns, _PROBLEM)
        entry.state = f"{failure.kind}/{failure.detail}" if failure.detail else f"{failure.kind}"
        return self._with_payload(entry, f"{failure.sentence}\n{failure.hint}".rstrip().encode())

    def not_sent(self, text: str, state: str, monotonic_ns: int, wall_ns: int) -> Recorded:
        """A text that was to be sent while the connection was in another state than OPEN; the text is its payload."""
        payload = text.encode("utf-8", "surrogatepass")
        seen = peek(payload, is_text=True)
        self._number += 1
        entry = Entry(
            self._number,
            self.attempt,
            _NEITHER,
            int(EntryKind.NOT_SENT),
            monotonic_ns,
            wall_ns,
            len(payload),
            0,
            frames=0,
            flags=_PROBLEM,
            action=seen.action,
            state=state,
            correlation_id=seen.correlation_id,
            trace_id=seen.trace_id,
            thread_id=seen.thread_id,
            summary=seen.summary or seen.problem,
        )
        return entry, payload, seen

    def cancelled(self, exchange: Exchange, monotonic_ns: int, wall_ns: int) -> Recorded:
        """The marker that the user waits for an exchange no longer; it says which one, for a later reading."""
        what = exchange.action or "request"
        sentence = f"The user cancelled exchange {exchange.number} ({what}); the tenant was told nothing."
        entry = self._event(EntryKind.CANCELLED, sentence, monotonic_ns, wall_ns, 0)
        entry.exchange = exchange.number
        entry.action, entry.correlation_id = exchange.action, exchange.correlation_id
        entry.trace_id, entry.thread_id = exchange.trace_id, exchange.thread_id
        content = {"exchange": exchange.number, "request": exchange.request_entry, "sentence": sentence}
        return self._with_payload(entry, msgspec.json.encode(content))

    def _message(self, frame: Frame, payload: bytes, wire_size: int, frames: int) -> Recorded:
        is_text = frame.opcode == _TEXT
        seen = peek(payload, is_text=is_text)
        flags = _made(frame) | (_COMPRESSED if frame.compressed else 0)
        if seen.problem:
            flags |= _PROBLEM
        self._number += 1
        entry = Entry(
            self._number,
            self.attempt,
            int(frame.direction),
            frame.opcode,
            frame.monotonic_ns,
            frame.wall_ns,
            len(payload),
            wire_size,
            frames,
            flags,
            0,
            0,
            -1,
            seen.action,
            seen.state,
            seen.correlation_id,
            seen.trace_id,
            seen.thread_id,
            seen.summary or seen.problem,
        )
        return entry, payload, seen

    def _control(self, frame: Frame) -> Recorded:
        code, summary = 0, ""
        if frame.opcode == _CLOSE:
            code = int.from_bytes(frame.payload[:2]) if len(frame.payload) >= 2 else 1005
            reason = frame.payload[2:].decode("utf-8", "replace")
            summary = explain(code).name + (f" · {reason}" if reason else "")
            if code == 1005:
                summary = "close frame without a code"
        elif frame.payload:
            summary = _printable(frame.payload)
        self._number += 1
        entry = Entry(
            self._number,
            self.attempt,
            int(frame.direction),
            frame.opcode,
            frame.monotonic_ns,
            frame.wall_ns,
            len(frame.payload),
            frame.wire_size,
            flags=_made(frame),
            code=code,
            summary=_one_line(summary, 200),
        )
        return entry, frame.payload, None

    def _broken(self, frame: Frame, problem: str = "") -> Recorded:
        known = frame.opcode in _SOUND
        self._number += 1
        entry = Entry(
            self._number,
            self.attempt,
            int(frame.direction),
            frame.opcode if known else int(EntryKind.RAW),
            frame.monotonic_ns,
            frame.wall_ns,
            len(frame.payload),
            frame.wire_size,
            flags=_PROBLEM | _made(frame),
            summary=_one_line(problem or frame.problem or f"Reserved opcode {frame.opcode:#x}.", 200),
        )
        return entry, frame.payload, None

    def _event(
        self, kind: EntryKind, summary: str, monotonic_ns: int, wall_ns: int, flags: int, *, code: int = 0
    ) -> Entry:
        self._number += 1
        return Entry(
            self._number,
            self.attempt,
            _NEITHER,
            int(kind),
            monotonic_ns,
            wall_ns,
            0,
            0,
            frames=0,
            flags=flags,
            code=code,
            summary=_one_line(summary, 200),
        )

    @staticmethod
    def _with_payload(entry: Entry, payload: bytes) -> Recorded:
        entry.size = len(payload)
        return entry, payload, None


def _certificate(certificate: PeerCertificate) -> dict[str, object]:
    return {
        "subject": certificate.subject,
        "issuer": certificate.issuer,
        "notBefore": certificate.not_before_unix_s,
        "notAfter": certificate.not_after_unix_s,
        "names": list(certificate.names),
        "sha256": certificate.sha256,
        "problem": certificate.problem,
    }


def _made(frame: Frame) -> int:
    return (_TOOL_MADE if frame.tool_made else 0) | (_ON_PURPOSE if frame.on_purpose else 0)


def _joined(headers: tuple[tuple[str, str], ...]) -> list[tuple[str, str]]:
    together: dict[str, list[str]] = {}
    for name, value in headers:
        together.setdefault(name, []).append(value)
    return [(name, ", ".join(values)) for name, values in together.items()]


def _one_line(text: str, limit: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def _printable(payload: bytes) -> str:
    text = payload.decode("utf-8", "replace")
    return text if text.isprintable() else base64.b16encode(payload).decode().lower()
