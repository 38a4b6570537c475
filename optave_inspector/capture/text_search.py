"""Text in a capture: found by SQLite itself, so that a search takes next to nothing from the thread of the window."""

from __future__ import annotations

import itertools
import json
import re
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import msgspec

from .entry import Entry
from .schema import COLUMN_LIST, PART_BYTES

if TYPE_CHECKING:
    from .readers import Readers

_CHUNK_S = 0.03
_CHUNK_BYTES = 32 * 1024 * 1024
_FIRST_CHUNK = 500
_WINDOW_BYTES = 1024 * 1024
_LONGEST_PATTERN = 50_000
"""Bytes that SQLite takes in a pattern unless it was built otherwise (SQLITE_MAX_LIKE_PATTERN_LENGTH)."""

_FIELDS = ("action", "state", "correlation_id", "summary")
_TEXT = "CAST(p.data AS TEXT)"
_QUERY = """
SELECT json_group_array(number) FILTER (WHERE judged), json_group_array(number) FILTER (WHERE NOT judged) FROM (
  SELECT p.number AS number, {judged} AS judged FROM payloads AS p JOIN entries AS e ON e.number = p.number
  WHERE p.number BETWEEN ?1 AND ?2 AND (NOT {judged} OR {holds}) ORDER BY p.number)
"""
_SIZE = "SELECT sum(size) FROM entries WHERE number BETWEEN ? AND ?"
_ENTRY = f"SELECT {COLUMN_LIST} FROM entries WHERE number = ?"  # noqa: S608 - our own names
_PAYLOAD = "SELECT data FROM payloads WHERE number = ?"
_PARTS = "SELECT data FROM payload_parts WHERE number = ? ORDER BY part"

_read_numbers = msgspec.json.Decoder(list[int]).decode

Stop = Callable[[], bool]
Found = Callable[[list[int]], None]


def search_file(text: str, readers: Readers, first: int, last: int, stop: Stop, found: Found) -> bool:
    """Search the entries ``first`` to ``last`` of a file; false when stopped. Raises :class:`~.schema.StoreError`.

    Case is ignored: for ASCII letters always, for others in the usual spellings (as given, small, capitals,
    capitalised). A text is also found where JSON writes it with escapes. SQLite does the work chunk by chunk, each
    with one call, so that other threads run meanwhile.
    """
    query, patterns = _query(text)
    forms = _forms(text)
    size = _FIRST_CHUNK
    with readers.borrow() as connection:
        while first <= last:
            if stop():
                return False
            end = min(first + size - 1, last)
            while end > first and connection.execute(_SIZE, (first, end)).fetchone()[0] > _CHUNK_BYTES:
                end = first + (end - first) // 4
            started = time.perf_counter()
            hits, unjudged = map(_read_numbers, connection.execute(query, (first, end, *patterns)).fetchone())
            for number in unjudged:
                if stop():
                    return False
                entry = Entry(*connection.execute(_ENTRY, (number,)).fetchone())
                if _holds(entry, read_parts(connection, number), forms):
                    hits.append(number)
            size = _next_size(end - first + 1, time.perf_counter() - started)
            first = end + 1
            if hits:
                found(sorted(hits))
    return True


def search_memory(text: str, entries: Sequence[tuple[Entry, bytes]], stop: Stop, found: Found) -> bool:
    """Search entries that are in memory; false when stopped."""
    forms = _forms(text)
    for start in range(0, len(entries), _FIRST_CHUNK):
        if stop():
            return False
        hits = [
            entry.number for entry, payload in entries[start : start + _FIRST_CHUNK] if _holds(entry, [payload], forms)
        ]
        if hits:
            found(hits)
    return True


def read_parts(connection: sqlite3.Connection, number: int) -> Iterator[bytes]:
    """The payload of an entry that is in the file, as it is stored: mostly in one part.

    Raises sqlite3.DatabaseError where it is missing, which only a damaged file can be the cause of.
    """
    row = connection.execute(_PAYLOAD, (number,)).fetchone()
    if row is None:
        raise sqlite3.DatabaseError(f"the payload of entry {number} is missing")
    first: bytes = row[0]
    yield first
    if len(first) == PART_BYTES:
        for (part,) in connection.execute(_PARTS, (number,)):
            yield part


def _next_size(size: int, took_s: float) -> int:
    """Rows of the next chunk, so that it takes about as long as one may wait for an answer to ``stop``."""
    wanted = size * _CHUNK_S / max(took_s, 1e-6)
    return int(max(1.0, min(wanted, size * 4, 100_000)))


def _spellings(text: str) -> list[str]:
    """The text in the cases that it is likely to be written in, where SQLite knows the case of ASCII letters only."""
    if text.isascii():
        return [text]
    by_letter = "".join(letter.upper() if len(letter.upper()) == 1 else letter for letter in text)
    return list(dict.fromkeys([text, text.lower(), text.upper(), by_letter, text.capitalize(), text.title()]))


def _in_json(text: str, *, ascii_only: bool) -> list[str]:
    """How JSON writes the text; some writers put a backslash before each slash as well (RFC 8259 section 7)."""
    form = json.dumps(text, ensure_ascii=ascii_only)[1:-1]
    return [form, form.replace("/", r"\/")] if "/" in form else [form]


def _query(text: str) -> tuple[str, list[str]]:
    """The query for two JSON arrays of numbers, of entries that hold the text and of entries that SQLite cannot judge.

    SQLite compares up to the first NUL, so payloads with one (and those in parts) are left to :func:`_holds`, and so is
    everything when the text itself is too long, or not text, for SQLite.
    """
    spellings = _spellings(text)
    quoted = [form for spelling in spellings for form in _in_json(spelling, ascii_only=False)]
    raw = list(dict.fromkeys(spellings + quoted))
    coded = [form for spelling in spellings if not spelling.isascii() for form in _in_json(spelling, ascii_only=True)]
    patterns = ["%" + re.sub(r"([\\%_])", r"\\\1", form) + "%" for form in (*raw, *coded)]
    if any("\0" in pattern or len(pattern.encode("utf-8", "surrogatepass")) > _LONGEST_PATTERN for pattern in patterns):
        return _QUERY.format(judged="0", holds="1"), []
    if any("\ud800" <= letter <= "\udfff" for letter in text):
        return _QUERY.format(judged="0", holds="1"), []
    likes = [rf"LIKE ?{number} ESCAPE '\'" for number in range(3, 3 + len(patterns))]
    holds = [f"{column} {like}" for like in likes[: len(raw)] for column in (_TEXT, *_FIELDS)]
    if coded:
        in_payload = " OR ".join(f"{_TEXT} {like}" for like in likes[len(raw) :])
        holds.append(rf"({_TEXT} LIKE '%\u%' AND ({in_payload}))")
    return _QUERY.format(judged="p.plain", holds=f"({' OR '.join(holds)})"), patterns


def _forms(text: str) -> set[str]:
    """What to look for in folded text: the same as :func:`_query` asks SQLite for, or a little more."""
    forms = [
        text,
        *_in_json(text, ascii_only=False),
        *(form for spelling in _spellings(text) for form in _in_json(spelling, ascii_only=True)),
    ]
    return {form.casefold() for form in forms}


def _holds(entry: Entry, parts: Iterable[bytes], forms: set[str]) -> bool:
    fields = (entry.action, entry.state, entry.correlation_id, entry.summary)
    # Overlapping, so that no match is cut; a letter takes four bytes at most.
    windows = _windows(parts, 4 * max(map(len, forms)) + 4)
    texts = itertools.chain(fields, (window.decode("utf-8", "replace") for window in windows))
    return any(form in text for text in map(str.casefold, texts) for form in forms)


def _windows(parts: Iterable[bytes], overlap: int) -> Iterator[bytes]:
    """Pieces small enough that folding one does not keep the window's thread waiting."""
    tail = b""
    for part in parts:
        for start in range(0, len(part), _WINDOW_BYTES):
            window = tail + part[start : start + _WINDOW_BYTES]
            yield window
            tail = window[-overlap:]
