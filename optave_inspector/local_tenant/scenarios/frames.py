"""Frames written by hand, sound or not (RFC 6455 section 5.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..envelopes import COMPLETED, reply_to
from .filling import orphan_of

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping
    from typing import Any

    from ...protocol.scenarios import Value
    from ..connection import TenantConnection

    Values = Mapping[str, Value]

_CONTINUATION, _TEXT, _BINARY, _PING = 0x0, 0x1, 0x2, 0x9
_RSV = {"rsv2": 0x20, "rsv3": 0x10}
_NOT_UTF8 = b'{"action":"message","note":"\xff\xfe"}'
_HALF_A_CHARACTER = "ä".encode()[:1]
_MASK = b"\x01\x02\x03\x04"


def frame(
    opcode: int,
    payload: bytes,
    *,
    fin: bool = True,
    bits: int = 0,
    mask: bytes = b"",
    announced: int | None = None,
    shortest: bool = True,
) -> bytes:
    """The bytes of one frame. ``announced`` is the length in the header where it is not the payload's."""
    length = len(payload) if announced is None else announced
    first, second = (0x80 if fin else 0) | bits | opcode, 0x80 if mask else 0
    if length < 126 and shortest:
        head = bytes([first, second | length])
    elif length < 1 << 16:
        head = bytes([first, second | 126]) + length.to_bytes(2, "big")
    else:
        head = bytes([first, second | 127]) + length.to_bytes(8, "big")
    if mask:
        payload = bytes(byte ^ mask[index % 4] for index, byte in enumerate(payload))
    return head + mask + payload


def _raw(make: Callable[[Values], bytes]) -> Callable[[TenantConnection, Values], Coroutine[Any, Any, None]]:
    async def do(connection: TenantConnection, values: Values) -> None:
        connection.socket.send_raw(make(values))

    return do


def _invalid_utf8(values: Values) -> bytes:
    if values["way"] == "whole":
        return frame(_TEXT, _NOT_UTF8)
    return frame(_TEXT, b'{"note":"' + _HALF_A_CHARACTER, fin=False) + frame(_CONTINUATION, b'"}')


def _bad_continuation(values: Values) -> bytes:
    if values["way"] == "without-start":
        return frame(_CONTINUATION, b"{}")
    return frame(_TEXT, b'{"note":', fin=False) + frame(_TEXT, b"{}")


async def _oversized_message(connection: TenantConnection, values: Values) -> None:
    await connection.send(orphan_of(connection, int(values["bytes"])))


async def _binary_answer(connection: TenantConnection, _values: Values) -> None:
    reply = reply_to({"action": "interaction"}, connection.service.stamps, readable=True)
    text = reply.response(COMPLETED, {"content": "This is JSON in a binary message."})
    connection.socket.send_raw(frame(_BINARY, text.encode()))


FRAMES: Mapping[str, Callable[[TenantConnection, Values], Coroutine[Any, Any, None]]] = {
    "invalid-utf8": _raw(_invalid_utf8),
    "reserved-opcode": _raw(lambda values: frame(int(values["opcode"]), b"reserved")),
    "reserved-bits": _raw(lambda values: frame(_TEXT, b"{}", bits=_RSV[str(values["bit"])])),
    "bad-mask": _raw(lambda _values: frame(_TEXT, b'{"action":"message"}', mask=_MASK)),
    "bad-continuation": _raw(_bad_continuation),
    "fragmented-control": _raw(lambda _values: frame(_PING, b"half", fin=False)),
    "oversized-control": _raw(lambda values: frame(_PING, b"p" * int(values["bytes"]))),
    "oversized-frame": _raw(lambda values: frame(_TEXT, b'{"action":"mess', announced=int(values["bytes"]))),
    "long-length": _raw(lambda _values: frame(_TEXT, b'{"note":"a length of 3 bytes"}', shortest=False)),
    "oversized-message": _oversized_message,
    "binary-answer": _binary_answer,
}
