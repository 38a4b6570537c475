"""Text to be found in text, with one meaning in SQL and in Python.

Case is ignored: for ASCII letters always, for others in the usual spellings (as given, small, capitals, capitalised),
for these are what SQLite can look for. In a payload, the text is also found where JSON writes it with escapes.
"""

from __future__ import annotations

import itertools
import json
import re
from typing import TYPE_CHECKING

from ..schema import PART_BYTES
from .sql import FALSE, TRUE, UNKNOWN, Bounds, Context, Sql, all_of, any_of, exactly

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .judged import Judged

_LONGEST_FORM = 10_000
"""Bytes of a text that SQLite is asked for whole; its patterns end at 50,000."""
_LONGEST_PIECE = 100
_ODD = re.compile("[\0\ud800-\udfff\ufffd-\uffff]")
"""What SQLite cannot be asked for: it ends at zero bytes, and reads what is no UTF-8 as U+FFFD."""
_UNSAFE_IN_JSON = re.compile(r'[\x00-\x1f"\\/\x7f\ud800-\udfff\ufffd-\uffff]+')
"""Characters that stand in JSON in more ways than as themselves and as \\u escape."""
_PAYLOAD_TEXT = "CAST(p.data AS TEXT)"
_PLAIN = Sql("p.plain")
_NOT_PLAIN = Sql("NOT p.plain")
_ESCAPE = Sql(rf"{_PAYLOAD_TEXT} LIKE '%\u%'")


class Needle:
    """A text to look for."""

    def __init__(self, text: str) -> None:
        spellings = _spellings(text)
        fields = [spelling.encode("utf-8", "surrogatepass").lower() for spelling in spellings]
        written = (form for spelling in spellings for form in _written(spelling))
        self._text = text
        self._in_fields = list(dict.fromkeys(fields))
        self._in_payload = list(dict.fromkeys(form.encode("utf-8", "surrogatepass").lower() for form in written))
        self._overlap = max(map(len, self._in_payload)) - 1
        self._odd = _ODD.search(text) is not None or self._overlap >= _LONGEST_FORM

    def in_text(self, text: str) -> bool:
        """Whether ``text`` holds it; JSON's escapes have been resolved."""
        lowered = text.encode("utf-8", "surrogatepass").lower()
        return any(form in lowered for form in self._in_fields)

    def in_field(self, field: str) -> bool:
        """Whether a field of an entry holds it. Like SQLite, it looks no further than a zero character."""
        if "\0" in field:
            field = field[: field.index("\0")]
        # Lone surrogates become question marks, as when the entry is stored.
        lowered = field.encode("utf-8", "replace").lower()
        return any(form in lowered for form in self._in_fields)

    def in_payload(self, judged: Judged) -> bool:
        """Whether the payload holds it."""
        for window in judged.windows(self._overlap):
            lowered = window.lower()
            if any(form in lowered for form in self._in_payload):
                return True
        return False

    def field_bounds(self, *columns: str) -> Bounds:
        """The verdict of :meth:`in_field` for any of the columns."""
        if self._odd:
            return UNKNOWN
        return exactly(any_of(_in_column(f"e.{column}", self._in_fields) for column in columns))

    def payload_bounds(self, context: Context) -> Bounds:
        """The verdict of :meth:`in_payload`."""
        if not context.payloads:
            return UNKNOWN
        if self._odd:
            return Bounds(FALSE, any_of([_NOT_PLAIN, may_be_in_json(self._text)]))
        plain = _in_plain_payload(self._in_payload)
        lowered = f"lower({_PAYLOAD_TEXT})"
        other = any_of(Sql(f"instr({lowered}, ?)", (form.decode(),)) for form in self._in_payload)
        in_plain = all_of([_PLAIN, plain])
        if context.whole:
            return exactly(any_of([in_plain, all_of([_NOT_PLAIN, other])]))
        in_other = all_of([_NOT_PLAIN, Sql(f"length(p.data) < {PART_BYTES}"), other])
        in_parts = all_of([_NOT_PLAIN, Sql(f"length(p.data) = {PART_BYTES}")])
        return Bounds(any_of([in_plain, in_other]), any_of([in_plain, in_other, in_parts]))


def may_be_in_json(text: str) -> Sql:
    """A condition that a plain payload fulfils whenever it, or a JSON string in it, holds ``text``.

    ``text`` is meant as :class:`Needle` means it; the condition is cheap, and fulfilled by others as well.
    """
    pieces = []
    for spelling in _spellings(text):
        runs = [run for part in _UNSAFE_IN_JSON.split(spelling) for run in _runs(part)]
        if not runs:
            return TRUE
        best = max(runs, key=lambda run: len(run.encode()))[:_LONGEST_PIECE].encode()
        pieces.append(_like(_PAYLOAD_TEXT, best) if best.isascii() else Sql("instr(p.data, ?)", (best,)))
    return any_of([*pieces, _ESCAPE])


def payload_holds(text: str) -> Sql:
    """A condition that a plain payload fulfils when it holds the ASCII ``text`` in any case."""
    return _like(_PAYLOAD_TEXT, text[:_LONGEST_PIECE].encode())


def _spellings(text: str) -> list[str]:
    if text.isascii():
        return [text]
    by_letter = "".join(letter.upper() if len(letter.upper()) == 1 else letter for letter in text)
    return list(dict.fromkeys([text, text.lower(), text.upper(), by_letter, text.capitalize(), text.title()]))


def _written(text: str) -> Iterable[str]:
    """The ways in which text stands in JSON: as it is, with the escapes of the usual writers, with all escapes."""
    yield text
    for ascii_only in (False, True):
        quoted = json.dumps(text, ensure_ascii=ascii_only)[1:-1]
        yield quoted
        yield quoted.replace("/", "\\/")
        # Go's encoder guards HTML in this way.
        yield quoted.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _runs(text: str) -> Iterable[str]:
    """The text in pieces of ASCII, whose case is ignored, and of other characters, whose case is in the spelling."""
    return ("".join(letters) for _, letters in itertools.groupby(text, str.isascii))


def _in_column(column: str, forms: Iterable[bytes]) -> Sql:
    forms = list(forms)
    simple = any_of(_like(column, form) for form in forms if form.isascii())
    other = any_of(_like(column, form) for form in forms if not form.isascii())
    # LIKE is slow where a pattern begins beyond ASCII, and few fields have such characters.
    return any_of([simple, all_of([Sql(f"length({column}) < length(CAST({column} AS BLOB))"), other])])


def _in_plain_payload(forms: Iterable[bytes]) -> Sql:
    forms = list(forms)
    escaped = [form for form in forms if b"\\u" in form]
    simple = [form for form in forms if form.isascii() and form not in escaped]
    other = [form for form in forms if not form.isascii()]
    return any_of(
        [
            any_of(_like(_PAYLOAD_TEXT, form) for form in simple),
            all_of([Sql(f"length({_PAYLOAD_TEXT}) < length(p.data)"), any_of(map(_not_ascii_form, other))]),
            all_of([_ESCAPE, any_of(_like(_PAYLOAD_TEXT, form) for form in escaped)]),
        ]
    )


def _not_ascii_form(form: bytes) -> Sql:
    """Looks for the form byte by byte: LIKE goes by characters, and reads what is no UTF-8 in its own way."""
    pieces = [piece for piece in re.split(rb"[\x80-\xff]+", form) if piece]
    if not pieces:
        return Sql("instr(p.data, ?)", (form,))
    exact = Sql(f"instr(lower({_PAYLOAD_TEXT}), ?)", (form.decode(),))
    return all_of([_like(_PAYLOAD_TEXT, *pieces), exact])


def _like(what: str, *pieces: bytes) -> Sql:
    """Holds the pieces, one after the other, in any case."""
    escaped = (re.sub(r"([\\%_])", r"\\\1", piece.decode()) for piece in pieces)
    return Sql(rf"{what} LIKE ? ESCAPE '\'", (f"%{'%'.join(escaped)}%",))
