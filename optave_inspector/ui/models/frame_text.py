"""What the log says of an entry: the text of every cell, made when a row comes into view."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

import msgspec

from ...capture.entry import Entry, EntryFlag, EntryKind
from ...protocol.close_codes import explain
from ...protocol.ids import uuid7_unix_ms
from ...protocol.timestamps import iso_millis
from ...tracing.exchange import Exchange, ExchangeStatus
from .formats import delta_text, duration_text, elapsed_text, size_text, wall_text
from .frame_columns import FrameColumn

if TYPE_CHECKING:
    from .frame_rows import Row

DIRECTIONS = ("↓", "↑", "•")
BOOKMARK = "★"
NOTE = "✎"
KIND_NAMES: dict[int, str] = {
    EntryKind.CONTINUATION: "continuation",
    EntryKind.TEXT: "text",
    EntryKind.BINARY: "binary",
    EntryKind.CLOSE: "close",
    EntryKind.PING: "ping",
    EntryKind.PONG: "pong",
    EntryKind.RAW: "raw",
    EntryKind.HANDSHAKE: "handshake",
    EntryKind.ENDING: "ending",
    EntryKind.STATE: "note",
    EntryKind.NOT_SENT: "not sent",
    EntryKind.CANCELLED: "cancelled",
}
_EXPECTED_CODES = (1000, 1001)
_UNANSWERED = {
    ExchangeStatus.WAITING: "waiting",
    ExchangeStatus.STREAMING: "streaming",
    ExchangeStatus.TIMED_OUT: "timed out",
    ExchangeStatus.CUT_OFF: "cut off",
    ExchangeStatus.CANCELLED: "cancelled",
    ExchangeStatus.NOT_SENT: "not sent",
}
_MARKS = (
    (EntryFlag.PROBLEM, "⚠"),
    (EntryFlag.ORPHAN, "⚠ orphan ·"),
    (EntryFlag.LATE, "⚠ late ·"),
    (EntryFlag.DUPLICATE, "⚠ duplicate ·"),
    (EntryFlag.REUSED, "⚠ reused ID ·"),
)


class Tone(Enum):
    """How loud a row or cell speaks. A glyph or a word says the same."""

    PLAIN = "plain"
    MUTED = "muted"
    STRONG = "strong"
    WARNING = "warning"
    ERROR = "error"


class ShownRow(msgspec.Struct, gc=False):
    """One row as text. ``marker`` is what goes across the columns instead of single cells; empty for usual rows."""

    entry: Entry
    texts: tuple[str, ...]
    """One for each of :class:`.frame_columns.FrameColumn`."""
    tone: Tone
    """Of the row, its kind and its code."""
    state_tone: Tone
    summary_tone: Tone
    correlation_id: str
    marker: str = ""
    folded: int = 0
    """How many pings and pongs the row stands for; 0 for a row of its own."""


def shown_row(
    row: Row,
    entry: Entry,
    before: Entry | None,
    *,
    first: Entry | None,
    exchange: Exchange | None,
    bookmark: str | None = None,
) -> ShownRow:
    """The texts of ``entry``, which stands in ``row``.

    ``before`` is the last entry of the row above; ``first`` the capture's first entry where elapsed time is wanted,
    else None; ``exchange`` the one that the entry belongs to; ``bookmark`` the note of its bookmark, empty for one
    without a note, None for no bookmark.
    """
    kind = KIND_NAMES.get(entry.kind, f"kind {entry.kind}")
    if entry.flags & EntryFlag.TOOL_MADE:
        kind = f"{kind} · auto"
    elif entry.flags & EntryFlag.ON_PURPOSE:
        kind = f"{kind} · hand"
    correlation_id, sign = entry.correlation_id, "▮"
    if not correlation_id and exchange is not None:
        correlation_id, sign = exchange.correlation_id, "≈"
    texts = (
        str(entry.number) if bookmark is None else f"{BOOKMARK} {entry.number}",
        wall_text(entry.wall_ns) if first is None else elapsed_text(entry.monotonic_ns - first.monotonic_ns),
        delta_text(entry.monotonic_ns - before.monotonic_ns) if before is not None else "",
        DIRECTIONS[entry.direction],
        kind,
        entry.action,
        _state(entry),
        f"{sign} {correlation_id[-4:]}" if correlation_id else "",
        "" if entry.kind >= EntryKind.HANDSHAKE else size_text(entry.size),
        _latency(entry, exchange),
        f"{NOTE} {bookmark} · {_summary(entry)}" if bookmark else _summary(entry),
    )
    tone = _tone(entry)
    if row.length > 1:
        text = f"ping / pong ×{row.length:,} (folded)"
        texts = (*texts[: FrameColumn.KIND], text, "", "", "", "", "", "")
        return ShownRow(entry, texts, Tone.MUTED, Tone.MUTED, Tone.MUTED, "", text, row.length)
    return ShownRow(
        entry,
        texts,
        tone,
        Tone.ERROR if entry.state == "error" else tone,
        _summary_tone(entry, tone),
        correlation_id,
        _marker(entry, texts) if entry.kind >= EntryKind.HANDSHAKE else "",
    )


def cell_tooltip(shown: ShownRow, column: FrameColumn) -> str:
    """What a cell has no room for."""
    entry = shown.entry
    if shown.folded:
        return f"{shown.folded:,} pings and pongs from entry {entry.number} on. Press Enter to show them one by one."
    if column is FrameColumn.NUMBER:
        marked = "\nBookmarked (Ctrl+B)" if shown.texts[column].startswith(BOOKMARK) else ""
        return f"Entry {entry.number} of connection attempt {entry.attempt}{marked}"
    if column is FrameColumn.TIME:
        return iso_millis(entry.wall_ns)
    if column is FrameColumn.DIRECTION:
        return ("Received", "Sent", "Connection event")[entry.direction]
    if column is FrameColumn.STATE and entry.code:
        return _code_tooltip(entry)
    if column is FrameColumn.CORRELATION and shown.correlation_id:
        made_ms = uuid7_unix_ms(shown.correlation_id)
        made = f"\nUUIDv7 of {iso_millis(made_ms * 1_000_000)}" if made_ms is not None else ""
        guessed = "" if entry.correlation_id else "\nThe message carries no ID; it was matched by action and order."
        return f"{shown.correlation_id}{made}{guessed}"
    if column is FrameColumn.SIZE:
        return _size_tooltip(entry)
    if column is FrameColumn.LATENCY and entry.latency_ns >= 0:
        return f"{entry.latency_ns / 1_000_000:,.3f} ms after the request"
    return shown.texts[column] if column >= FrameColumn.KIND else ""


def _latency(entry: Entry, exchange: Exchange | None) -> str:
    if entry.latency_ns >= 0:
        return duration_text(entry.latency_ns)
    if exchange is not None and exchange.request_entry == entry.number:
        return _UNANSWERED.get(exchange.status, "")
    return ""


def _state(entry: Entry) -> str:
    if entry.kind == EntryKind.CLOSE and entry.size < 2:
        # 1005 stands for a close frame without a code; it never is on the wire (RFC 6455 section 7.4.1).
        return "no code"
    return str(entry.code) if entry.code else entry.state


def _summary(entry: Entry) -> str:
    marks = [text for flag, text in _MARKS if entry.flags & flag]
    return " ".join([*marks, entry.summary]) if marks else entry.summary


def _tone(entry: Entry) -> Tone:
    kind = entry.kind
    if kind in (EntryKind.CLOSE, EntryKind.ENDING):
        return Tone.STRONG if entry.code in _EXPECTED_CODES else Tone.ERROR
    if kind == EntryKind.RAW:
        return Tone.ERROR
    if kind >= EntryKind.HANDSHAKE:
        return Tone.ERROR if entry.flags & EntryFlag.PROBLEM else Tone.MUTED
    if kind in (EntryKind.PING, EntryKind.PONG):
        return Tone.MUTED
    return Tone.PLAIN


def _summary_tone(entry: Entry, tone: Tone) -> Tone:
    if tone is Tone.STRONG:
        return Tone.PLAIN
    if tone is not Tone.PLAIN:
        return tone
    if entry.flags & EntryFlag.PROBLEM:
        return Tone.ERROR
    return Tone.WARNING if entry.flags & (EntryFlag.ORPHAN | EntryFlag.LATE | EntryFlag.DUPLICATE) else Tone.PLAIN


def _marker(entry: Entry, texts: tuple[str, ...]) -> str:
    summary = texts[FrameColumn.SUMMARY]
    if entry.kind == EntryKind.STATE:
        return f"auto · {summary}" if entry.flags & EntryFlag.TOOL_MADE else summary
    return f"{texts[FrameColumn.KIND]} · {summary}"


def _code_tooltip(entry: Entry) -> str:
    if entry.kind == EntryKind.HANDSHAKE:
        return f"HTTP status {entry.code}"
    info = explain(entry.code)
    return f"{entry.code} {info.name}\n{info.meaning}\n{info.advice_sentence}".strip()


def _size_tooltip(entry: Entry) -> str:
    if entry.kind >= EntryKind.HANDSHAKE:
        return ""
    frames = f" in {entry.frames} frames" if entry.frames > 1 else ""
    deflated = ", compressed" if entry.flags & EntryFlag.COMPRESSED else ""
    return f"{entry.size:,} bytes of payload; {entry.wire_size:,} bytes on the wire{frames}{deflated}"
