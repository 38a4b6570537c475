"""The library's buffer of received bytes, which remembers what it handed out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from websockets.streams import StreamReader

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

_LARGE = 1 << 16


class TapReader(StreamReader):
    """The library's reader that also remembers what it handed out since the last whole frame."""

    def __init__(self, discarded: Callable[[bytes], None]) -> None:
        """``discarded`` is told what nobody reads any more."""
        super().__init__()
        self.pieces: list[bytes] = []
        """Header and payload pieces of the frame being read."""
        self._discarded = discarded

    def read_exact(self, n: int) -> Generator[None, None, bytearray]:
        """Read ``n`` bytes; a large payload comes as bytes, which saves a copy."""
        buffer = self.buffer
        while len(buffer) < n:
            if self.eof:
                raise EOFError(f"stream ends after {len(buffer)} bytes, expected {n} bytes")
            yield
        piece: Any
        if n < _LARGE:
            piece = buffer[:n]
        else:
            with memoryview(buffer) as view, view[:n] as part:
                piece = part.tobytes()
        del buffer[:n]
        self.pieces.append(piece)
        return cast("bytearray", piece)

    def discard(self) -> None:
        """Throw away what the library no longer reads, after it was shown."""
        if self.buffer:
            self._discarded(bytes(self.buffer))
        super().discard()
