"""The way between a Python text and a QTextDocument without losing a character.

``QPlainTextEdit.toPlainText`` turns no-break spaces into spaces, the conversion of texts to Qt drops a leading byte
order mark and every lone surrogate, and a document ends a line at more characters than the line feed. What goes out
over the wire must be what the editor shows, so the differences are dealt with here, and told.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from PySide6.QtGui import QTextCursor, QTextDocument

_LINE_ENDS = re.compile("\r\n?")
_UNKEEPABLE = re.compile("[\u2029\ufdd0\ufdd1\ud800-\udfff]")


def keepable(text: str) -> tuple[str, str]:
    """``text`` as a document can keep it, and a sentence that says what is different; empty when nothing is.

    Line ends become line feeds. A paragraph separator, two noncharacters and lone surrogates, which no document keeps,
    become JSON escapes of the same value.
    """
    kept, line_ends = _LINE_ENDS.subn("\n", text)
    kept, escaped = _UNKEEPABLE.subn(lambda match: f"\\u{ord(match[0]):04x}", kept)
    changes = []
    if line_ends:
        changes.append("line ends are line feeds here (carriage returns were left out)")
    if escaped:
        many = "a character that" if escaped == 1 else f"{escaped} characters that"
        changes.append(f"{many} an editor cannot keep became \\u escapes")
    return kept, f"Taken over with a difference: {' and '.join(changes)}." if changes else ""


def insert_exactly(cursor: QTextCursor, text: str) -> None:
    """Put a keepable ``text`` in place of the cursor's selection, as one step of undoing."""
    cursor.beginEditBlock()
    if text[:1] in ("\ufeff", "\ufffe"):
        # A leading byte order mark would be taken for one and vanish: lead with another character, and remove that.
        start = cursor.selectionStart()
        cursor.insertText(f" {text}")
        end = cursor.position()
        cursor.setPosition(start)
        cursor.deleteChar()
        cursor.setPosition(end - 1)
    else:
        cursor.insertText(text)
    cursor.endEditBlock()


def exact_text(document: QTextDocument) -> str:
    """What the document holds, with line feeds between its lines."""
    return document.toRawText().replace("\u2029", "\n")


def to_units(text: str, offset: int) -> int:
    """A place in ``text`` as Qt counts it: UTF-16 code units before the code point at ``offset``."""
    before = text[:offset]
    return offset if before.isascii() else len(before.encode("utf-16-le", "surrogatepass")) // 2


def many_to_units(text: str, offsets: Iterable[int]) -> dict[int, int]:
    """:func:`to_units` of many places, in one pass over the text."""
    ordered = sorted(set(offsets))
    if text.isascii():
        return dict(zip(ordered, ordered, strict=True))
    found: dict[int, int] = {}
    at = units = 0
    for offset in ordered:
        units += len(text[at:offset].encode("utf-16-le", "surrogatepass")) // 2
        at = offset
        found[offset] = units
    return found


def from_units(text: str, units: int) -> int:
    """The opposite of :func:`to_units`."""
    if text.isascii():
        return units
    return len(text.encode("utf-16-le", "surrogatepass")[: units * 2].decode("utf-16-le", "surrogatepass"))
