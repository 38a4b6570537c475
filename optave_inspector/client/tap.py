"""The tap: a WebSocket protocol that reports every frame both ways, as it is on the wire and in wire order.

It stands on ``websockets``' protocol without I/O. Received frames are reported before the library acts on them, so that
an automatic pong or close reply comes after what it answers; sent frames once they are made. What the library refuses
or throws away is read by :mod:`optave_inspector.client.wire` and reported with its problem. A frame counts as received
when its last byte came.
"""

from __future__ import annotations

import codecs
from contextlib import contextmanager
from time import monotonic_ns, time_ns
from typing import TYPE_CHECKING, Any

from websockets.client import ClientProtocol
from websockets.exceptions import ProtocolError
from websockets.extensions.permessage_deflate import PerMessageDeflate
from websockets.frames import Close as LibraryClose
from websockets.frames import CloseCode
from websockets.frames import Frame as LibraryFrame
from websockets.protocol import State

from .events import Close, Closer, Direction, Frame
from .payload_faults import DECODE_CHUNK, check_utf8, close_fault, not_utf8
from .tap_reader import TapReader
from .wire import FrameHeader, WireFrame, WireReader, header_problem, shortest_header

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from websockets.http11 import Request, Response

    from .made_frames import MadeFrame
    from .tap_owner import TapOwner

CONTINUATION, TEXT, BINARY, CLOSE, PONG = 0x0, 0x1, 0x2, 0x8, 0xA

KEPT_OPENING_BYTES = 1 << 18
"""Of what comes before the handshake is over, this much is kept to explain a refusal."""

_IN, _OUT = Direction.IN, Direction.OUT
_WHOLE_TEXT, _WHOLE_BINARY = 0x81, 0x82
_TWO_BYTES = 126
"""Instead of a length: it stands in the two bytes that follow (RFC 6455 section 5.2)."""
_LONG_LENGTH = "the length is not written in the fewest bytes (RFC 6455 section 5.2)"
_AFTER_CLOSE = "came after the close frame and was not processed (RFC 6455 section 1.4)"
_AFTER_FAILURE = "not processed: it came after the inspector had failed the connection (RFC 6455 section 7.1.7)"


class TapProtocol(ClientProtocol):
    """A client protocol that tells its ``owner`` of every frame, the request going out and the accepted response."""

    reader: TapReader

    def __init__(self, *args: Any, owner: TapOwner, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.reader = TapReader(self.discarded)
        self.parser = self.parse()
        next(self.parser)
        self.opening = bytearray()
        """What came before the handshake was over, at most KEPT_OPENING_BYTES."""
        self.answer: Response | None = None
        """The response, also when it was refused; None when none could be read."""
        self.first_closer = Closer.NOBODY
        self.late_close: Close | None = None
        """A sound close frame that came after this side had failed the connection."""
        self.fault = ""
        """What the peer did against the protocol so that the connection had to fail; empty while it did not."""
        self.gave_up = ""
        """Why this side failed the connection though the peer did nothing wrong: a sentence without its full stop."""
        self.failed = False
        """This side failed the connection (RFC 6455 section 7.1.7) and processes nothing more."""
        self.pongless = False
        """Pings are not answered, by the user's will."""
        self.mouth_shut = False
        """Nothing can be sent: this side has ended its direction of TCP."""
        self._sent_open = False
        """A message that the user began by hand in fragments is not at its end."""
        self.close_went_out = False
        """A close frame of this side was written, which the library takes for granted."""
        self._owner = owner
        self._tapped_frame = owner.tapped_frame
        self._user_made = False
        self._held = b""
        """The beginning of a small frame whose end is to come; the library does not know of it yet."""
        self._deflate = False
        self._message_compressed = False
        self._text: codecs.IncrementalDecoder | None = None
        self._after: WireReader | None = None
        self._refusal = ""
        """What is wrong with the frame that this side failed the connection for, until that frame was reported."""

    @contextmanager
    def made_by_user(self) -> Iterator[None]:
        """Frames sent inside are the user's; all others are the inspector's own."""
        self._user_made = True
        try:
            yield
        finally:
            self._user_made = False

    # Handshake

    def send_request(self, request: Request) -> None:
        """Send the upgrade request, reporting it just before."""
        self._owner.tapped_request(request)
        super().send_request(request)

    def receive_data(self, data: bytes | bytearray) -> None:
        """Take bytes from the network."""
        if self._state is State.CONNECTING:
            if len(self.opening) < KEPT_OPENING_BYTES:
                self.opening += data[: KEPT_OPENING_BYTES - len(self.opening)]
        else:
            if self._held:
                data, self._held = self._held + data, b""
            reader = self.reader
            if self._state is State.OPEN and self.current_size is None and not reader.buffer and not reader.pieces:
                data = self._take_whole_messages(data)
                if not data:
                    return
        super().receive_data(data)

    def receive_eof(self) -> None:
        """TCP has ended."""
        self._hand_over()
        super().receive_eof()

    def process_response(self, response: Response) -> None:
        """Check the response and report it before any frame that came with it."""
        self.answer = response
        super().process_response(response)
        self._deflate = any(isinstance(extension, PerMessageDeflate) for extension in self.extensions)
        self.reader.pieces.clear()
        self.opening.clear()
        self._owner.tapped_response()

    # Frames

    def recv_frame(self, frame: LibraryFrame) -> None:
        """Report a frame that came, then let the library act on it."""
        pieces = self.reader.pieces
        first = pieces[0][0]
        length = len(pieces[-1])
        # Two bytes, then the extended length where there is one, then the payload: a server's frame has no mask.
        wire_size = 2 + length if len(pieces) == 2 else 2 + len(pieces[1]) + length
        pieces.clear()
        payload = bytes(frame.data)
        if self.current_size is None and first in (_WHOLE_TEXT, _WHOLE_BINARY):
            self._receive_whole(first, payload, wire_size, length)
            return
        opcode = first & 0x0F
        fin = frame.fin
        compressed = rsv1 = first & 0x40 != 0
        if opcode == CONTINUATION:
            compressed = self._message_compressed
        elif opcode <= BINARY:
            self._message_compressed = rsv1 and not fin
        undecodable: UnicodeDecodeError | None = None
        try:
            problem = self._fault_of(opcode, payload, fin=fin)
        except UnicodeDecodeError as error:
            undecodable = error
            problem = not_utf8(error)
        self.fault = problem
        if not problem and wire_size - length != shortest_header(length):
            problem = _LONG_LENGTH
        self._tapped_frame(
            Frame(
                _IN,
                opcode,
                payload,
                wire_size,
                monotonic_ns(),
                time_ns(),
                fin=fin,
                rsv1=rsv1,
                compressed=compressed,
                problem=problem,
            )
        )
        if undecodable is not None:
            raise undecodable
        if opcode == CLOSE:
            self._closing(Closer.PEER)
            # A close frame may come between the fragments of a message (RFC 6455 section 5.4): it deserves its echo.
            self.current_size = None
        elif opcode == PONG:
            self._owner.tapped_pong(payload)
        super().recv_frame(frame)

    def _take_whole_messages(self, data: bytes | bytearray) -> bytes | bytearray:
        """Report the sound uncompressed messages of one frame that ``data`` begins with; what is left for the library.

        The hot path: the library would do nothing but find their ends, in some 5 µs each. Whatever is not sound, not
        whole, not small or no such message is the library's.
        """
        at, end = 0, len(data)
        tapped_frame, most = self._tapped_frame, self.max_message_size
        while end - at >= 2:
            first, length, start = data[at], data[at + 1], at + 2
            if first not in (_WHOLE_TEXT, _WHOLE_BINARY) or length > _TWO_BYTES:
                return data[at:]
            if length == _TWO_BYTES:
                start += 2
                if start > end:
                    break
                length = data[at + 2] << 8 | data[at + 3]
                if length < _TWO_BYTES:
                    return data[at:]
            after = start + length
            if most is not None and length > most:
                return data[at:]
            if after > end:
                break
            payload = bytes(data[start:after])
            if first == _WHOLE_TEXT and not payload.isascii():
                try:
                    payload.decode()
                except UnicodeDecodeError:
                    return data[at:]
            tapped_frame(Frame(_IN, first & 0x0F, payload, after - at, monotonic_ns(), time_ns()))
            at = after
            if self._state is not State.OPEN:
                return data[at:]
        self._held = bytes(data[at:])
        return b""

    def _hand_over(self) -> None:
        """Let the library have the beginning of a frame that was held until its end would come."""
        if self._held:
            held, self._held = self._held, b""
            super().receive_data(held)

    def _receive_whole(self, first: int, payload: bytes, wire_size: int, length: int) -> None:
        """Report an uncompressed message in one frame: nothing is left for the library to do."""
        problem = ""
        undecodable: UnicodeDecodeError | None = None
        if first == _WHOLE_TEXT:
            try:
                if length <= DECODE_CHUNK:
                    payload.decode()
                else:
                    check_utf8(payload)
            except UnicodeDecodeError as error:
                undecodable = error
                problem = self.fault = not_utf8(error)
        if not problem and wire_size - length != shortest_header(length):
            problem = _LONG_LENGTH
        self._tapped_frame(Frame(_IN, first & 0x0F, payload, wire_size, monotonic_ns(), time_ns(), problem=problem))
        if undecodable is not None:
            raise undecodable

    def send_frame(self, frame: LibraryFrame) -> None:
        """Make a frame and report it."""
        if self.mouth_shut or (self.pongless and frame.opcode == PONG and not self._user_made):
            return
        super().send_frame(frame)
        wire = self.writes[-1]
        compressed = wire[0] & 0x40 != 0
        self._tapped_frame(
            Frame(
                _OUT,
                int(frame.opcode),
                bytes(frame.data),
                len(wire),
                monotonic_ns(),
                time_ns(),
                fin=frame.fin,
                rsv1=compressed,
                compressed=compressed,
                tool_made=not self._user_made,
                problem=self._out_of_place(int(frame.opcode), fin=frame.fin) if self._sent_open else "",
            )
        )
        if frame.opcode == CLOSE:
            self.close_went_out = True
            self._closing(Closer.INSPECTOR)

    def send_made(self, frame: MadeFrame, key: bytes) -> str:
        """Write a frame made by hand, whatever it is, and report it; what breaks the protocol in it, in words.

        After a close frame the connection is closing.
        """
        found = (frame.problem(deflate=self._deflate), self._out_of_place(frame.opcode, fin=frame.fin))
        problem = "; ".join(filter(None, found))
        wire = frame.wire(key)
        self.writes.append(wire)
        self._tapped_frame(
            Frame(
                _OUT,
                frame.opcode,
                frame.payload,
                len(wire),
                monotonic_ns(),
                time_ns(),
                fin=frame.fin,
                rsv1=frame.rsv1,
                rsv2=frame.rsv2,
                rsv3=frame.rsv3,
                problem=problem,
                on_purpose=True,
            )
        )
        if frame.opcode == CLOSE and self._state is State.OPEN:
            self.close_sent = LibraryClose(*frame.close)
            self.state = State.CLOSING
            self.close_went_out = True
            self._closing(Closer.INSPECTOR)
        return problem

    def _out_of_place(self, opcode: int, *, fin: bool) -> str:
        """Why a frame of this side comes at the wrong moment (RFC 6455 section 5.4); takes note of it."""
        if opcode > BINARY:
            return ""
        was_open, self._sent_open = self._sent_open, not fin
        if opcode == CONTINUATION and not was_open:
            self._sent_open = False
            return "a continuation frame without a message to continue (RFC 6455 section 5.4)"
        if opcode != CONTINUATION and was_open:
            return "a new message began before the fragmented one had ended (RFC 6455 section 5.4)"
        return ""

    def fail(self, code: CloseCode | int, reason: str = "") -> None:
        """Fail the connection (RFC 6455 section 7.1.7), showing first what the library could not read."""
        if self._state is not State.CONNECTING and self._after is None:
            self._after = WireReader()
            self.failed = code != CloseCode.ABNORMAL_CLOSURE
            if code == CloseCode.MESSAGE_TOO_BIG:
                reason = self.gave_up = self._too_large()
            unread = b"".join(self.reader.pieces)
            self.reader.pieces.clear()
            if unread or not self.failed:
                unread += self.reader.buffer
                self.reader.buffer.clear()
                if code == CloseCode.MESSAGE_TOO_BIG:
                    self._refusal = f"not processed: {reason[0].lower()}{reason[1:]}"
                elif self.failed and not self.gave_up:
                    self._refusal = self.fault = reason
                self._report_unprocessed(self._after.feed(unread))
        super().fail(code, reason)

    def give_up(self, code: CloseCode, reason: str) -> None:
        """Fail the connection for a reason of this side's, without blaming the frame that may be under way."""
        self._hand_over()
        self.gave_up = reason
        self.fail(code, reason)

    def discarded(self, data: bytes) -> None:
        """The library no longer reads; ``data`` came nonetheless."""
        if self._state is State.CONNECTING:
            return
        if self._after is None:
            self._after = WireReader()
        self._report_unprocessed(self._after.feed(data))

    def finish(self) -> None:
        """Report the bytes of a frame that never became whole; call it when TCP has ended."""
        rest = self._after.rest() if self._after is not None else b""
        if isinstance(rest, WireFrame):
            came, announced = rest.wire_size - rest.header.size, rest.header.length
            fault = self._why_unprocessed(rest.header)
            cut = f"cut off: {came:,} of {announced:,} payload bytes came before TCP ended"
            self._report(rest, "; ".join(filter(None, (fault, cut))))
        elif rest:
            header = FrameHeader(bool(rest[0] & 0x80), False, False, False, rest[0] & 0x0F, None, 0, len(rest))  # noqa: FBT003
            cut = f"cut off in the header: only {rest.hex(' ')} came before TCP ended"
            self._report(WireFrame(header, b"", len(rest)), "; ".join(filter(None, (self._refusal, cut))))

    def _report_unprocessed(self, frames: Iterable[WireFrame]) -> None:
        for frame in frames:
            problem = self._why_unprocessed(frame.header)
            if self._refusal:
                self._refusal = ""
                if not self.gave_up:
                    self.fault = problem
            elif not (frame.header.opcode == CLOSE and self._take_late_close(frame, problem)):
                problem = "; ".join(filter(None, (problem, _AFTER_FAILURE if self.failed else _AFTER_CLOSE)))
            self._report(frame, problem)

    def _why_unprocessed(self, header: FrameHeader) -> str:
        problem = self._header_problem(header)
        if self.gave_up:
            return "; ".join(filter(None, (problem, self._refusal)))
        return problem or self._refusal

    def _take_late_close(self, frame: WireFrame, problem: str) -> bool:
        """Whether ``frame`` is the peer's sound answer to this side failing the connection."""
        if problem or not self.failed or self.late_close is not None or self.close_rcvd is not None:
            return False
        try:
            close = LibraryClose.parse(frame.payload)
        except (ProtocolError, UnicodeDecodeError):
            return False
        self.late_close = Close(int(close.code), close.reason)
        return True

    def _header_problem(self, header: FrameHeader) -> str:
        return header_problem(header, deflate=self._deflate)

    def _report(self, frame: WireFrame, problem: str) -> None:
        header = frame.header
        self._tapped_frame(
            Frame(
                _IN,
                header.opcode,
                frame.payload,
                frame.wire_size,
                monotonic_ns(),
                time_ns(),
                fin=header.fin,
                rsv1=header.rsv1,
                rsv2=header.rsv2,
                rsv3=header.rsv3,
                compressed=header.rsv1 and self._deflate,
                problem=problem,
            )
        )

    def _too_large(self) -> str:
        first = self.reader.pieces[0][0]
        compressed = self._message_compressed if first & 0x0F == CONTINUATION else self._deflate and first & 0x40
        inflated = " once inflated" if compressed else ""
        return (
            f"The message is larger than {self.max_message_size:,} bytes{inflated}, the most that the inspector takes"
        )

    def _closing(self, closer: Closer) -> None:
        if self.first_closer is Closer.NOBODY:
            self.first_closer = closer
            self._owner.tapped_close()

    def _fault_of(self, opcode: int, payload: bytes, *, fin: bool) -> str:
        """Why the connection must fail for this frame; raises UnicodeDecodeError for text that is not UTF-8."""
        if opcode in (TEXT, BINARY):
            if self.current_size is not None:
                return "a new message began before the fragmented one had ended (RFC 6455 section 5.4)"
            if opcode == TEXT and fin:
                check_utf8(payload)
            elif not fin:
                self._text = codecs.getincrementaldecoder("utf-8")() if opcode == TEXT else None
                self._check_fragment(payload, final=False)
        elif opcode == CONTINUATION:
            if self.current_size is None:
                return "a continuation frame without a message to continue (RFC 6455 section 5.4)"
            self._check_fragment(payload, final=fin)
        elif opcode == CLOSE:
            return close_fault(payload)
        return ""

    def _check_fragment(self, payload: bytes, *, final: bool) -> None:
        if self._text is not None:
            self._text.decode(payload, final)
