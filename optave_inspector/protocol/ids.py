"""UUID version 7 (RFC 9562 section 5.7), the form that Optave's headers ask for (``protocol.md`` section 7)."""

import re

_UUID7 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", re.IGNORECASE | re.ASCII)
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-([0-9a-f])[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE | re.ASCII)
_MAX_UNIX_MS = (1 << 48) - 1


def uuid7(unix_ms: int, random: bytes) -> str:
    """A UUIDv7 of ``unix_ms`` (Unix time in milliseconds, 48 bits) and 10 random bytes, of which 74 bits are used.

    Raises ValueError for a time outside 48 bits or another number of bytes.
    """
    if not 0 <= unix_ms <= _MAX_UNIX_MS:
        raise ValueError(f"A UUIDv7 holds times from 0 to {_MAX_UNIX_MS} ms, not {unix_ms}.")
    if len(random) != 10:
        raise ValueError(f"A UUIDv7 takes 10 random bytes, not {len(random)}.")
    tail = bytearray(random)
    tail[0] = 0x70 | tail[0] & 0x0F
    tail[2] = 0x80 | tail[2] & 0x3F
    text = (unix_ms.to_bytes(6) + tail).hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def is_uuid7(text: str) -> bool:
    """Whether ``text`` has the form of a UUIDv7: ASCII, either case, nothing before or after."""
    return _UUID7.fullmatch(text) is not None


def uuid7_unix_ms(text: str) -> int | None:
    """The Unix time in milliseconds at which a UUIDv7 was made; None when ``text`` is none."""
    return int(text[:8] + text[9:13], 16) if is_uuid7(text) else None


def uuid_version(text: str) -> int | None:
    """The version digit of a UUID in its usual form (0 to 15); None when ``text`` is no UUID."""
    match = _UUID.fullmatch(text)
    return int(match[1], 16) if match else None
