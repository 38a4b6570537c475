"""The size limit of a request (``protocol.md`` section 9)."""

from dataclasses import dataclass

MAX_ENVELOPE_UNITS = 131_072
"""The largest envelope that the SDK sends, in UTF-16 code units, inclusive: 128 times 1,024."""


@dataclass(frozen=True, slots=True)
class Size:
    """How large a text is in the two measures that may count."""

    units: int
    """UTF-16 code units, what the SDK counts, although its messages say KB."""
    utf8_bytes: int
    """Bytes on the wire, what a server or gateway may count."""

    @property
    def fits_units(self) -> bool:
        """Whether the SDK would send it."""
        return self.units <= MAX_ENVELOPE_UNITS

    @property
    def fits_bytes(self) -> bool:
        """Whether it also holds where the same number is taken for bytes."""
        return self.utf8_bytes <= MAX_ENVELOPE_UNITS


def measure(text: str) -> Size:
    """Both sizes of ``text``. A lone surrogate counts one unit, and three bytes, as the U+FFFD that is sent for it."""
    if text.isascii():
        return Size(len(text), len(text))
    return Size(
        units=len(text.encode("utf-16-le", "surrogatepass")) // 2,
        utf8_bytes=len(text.encode("utf-8", "surrogatepass")),
    )
