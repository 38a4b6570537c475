"""The keys of the query language: the one table that the parser, the completion and the help are made from."""

from __future__ import annotations

from enum import Enum
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from ..entry import EntryFlag, EntryKind

if TYPE_CHECKING:
    from collections.abc import Mapping

EQUAL = (":", "=")
ORDERED = (":", "=", "<", "<=", ">", ">=")


class ValueKind(Enum):
    """What stands right of a key's operator, in a word or two."""

    CHOICE = "one of a few words"
    WORD = "a word"
    PART = "a part of a text"
    NUMBER = "a whole number"
    SIZE = "a size"
    DURATION = "a duration"
    TIME = "a time"


class Choice(NamedTuple):
    """A word that a key takes."""

    word: str
    sentence: str
    values: tuple[int, ...] = ()
    """What it stands for in the key's column."""


class Key(NamedTuple):
    """One key of the language."""

    name: str
    kind: ValueKind
    column: str
    """The field of :class:`~..entry.Entry`."""
    sentence: str
    """What it asks for."""
    example: str
    operators: tuple[str, ...] = EQUAL
    aliases: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()
    none: int | None = None
    """The number in the column that stands for none; such entries fulfil no comparison, only ``:none``."""

    def choice(self, word: str) -> Choice | None:
        """The choice of that name, in any case."""
        return next((choice for choice in self.choices if choice.word == word.lower()), None)


_DIRECTIONS = (
    Choice("in", "received from the tenant", (0,)),
    Choice("out", "sent to the tenant", (1,)),
    Choice("none", "neither: an event, which was not on the wire", (2,)),
)
_KINDS = (
    Choice("text", "a whole text message", (EntryKind.TEXT,)),
    Choice("binary", "a whole binary message", (EntryKind.BINARY,)),
    Choice("message", "a whole message, text or binary", (EntryKind.TEXT, EntryKind.BINARY)),
    Choice("close", "a close frame", (EntryKind.CLOSE,)),
    Choice("ping", "a ping frame", (EntryKind.PING,)),
    Choice("pong", "a pong frame", (EntryKind.PONG,)),
    Choice("control", "a close, ping or pong frame", tuple(kind for kind in EntryKind if kind.is_control)),
    Choice("continuation", "part of a message that never became whole", (EntryKind.CONTINUATION,)),
    Choice("raw", "bytes that are no sound frame", (EntryKind.RAW,)),
    Choice("handshake", "the upgrade, answered or not", (EntryKind.HANDSHAKE,)),
    Choice("ending", "the end of an open connection", (EntryKind.ENDING,)),
    Choice("state", "a note of the inspector, such as connecting", (EntryKind.STATE,)),
    Choice("not_sent", "a text that was to be sent while the connection was not open", (EntryKind.NOT_SENT,)),
    Choice("cancelled", "the user's word not to wait for an answer any longer", (EntryKind.CANCELLED,)),
    Choice("event", "a note, or what else was not on the wire", tuple(kind for kind in EntryKind if kind.is_event)),
)
FRAGMENTED = "fragmented"
BOOKMARKED = "bookmarked"
_MARKS = (
    Choice("orphan", "an answer to no known request", (EntryFlag.ORPHAN,)),
    Choice("late", "an answer after its exchange timed out, was cut off or cancelled", (EntryFlag.LATE,)),
    Choice("duplicate", "an answer after its exchange had ended", (EntryFlag.DUPLICATE,)),
    Choice("guessed", "matched by action and order, for want of a correlation ID", (EntryFlag.GUESSED,)),
    Choice("similar", "an orphan whose ID differs only in case or type from one sent", (EntryFlag.SIMILAR,)),
    Choice("reused", "a request with the correlation ID of an earlier one", (EntryFlag.REUSED,)),
    Choice("invalid", "broken JSON, a broken frame, a failed connection", (EntryFlag.PROBLEM,)),
    Choice(BOOKMARKED, "bookmarked by you"),
    Choice("tool-made", "made by the inspector itself", (EntryFlag.TOOL_MADE,)),
    Choice("on-purpose", "made by hand, or done by your will against the rules", (EntryFlag.ON_PURPOSE,)),
    Choice("generated", "with headers or values that were generated or put in", (EntryFlag.GENERATED,)),
    Choice("compressed", "compressed on the wire", (EntryFlag.COMPRESSED,)),
    Choice(FRAGMENTED, "a message in more than one frame"),
)

_TABLE = (
    Key(
        "dir",
        ValueKind.CHOICE,
        "direction",
        "Which way it went.",
        "dir:in",
        aliases=("direction",),
        choices=_DIRECTIONS,
    ),
    Key("kind", ValueKind.CHOICE, "kind", "What the entry is.", "kind:close", choices=_KINDS),
    Key("is", ValueKind.CHOICE, "flags", "A mark of the entry.", "is:orphan", choices=_MARKS),
    Key("action", ValueKind.WORD, "action", "The request's action, in any case.", "action:adjust"),
    Key(
        "state",
        ValueKind.WORD,
        "state",
        "The answer's state, in any case; error for errors of all forms.",
        "state:error",
    ),
    Key(
        "corr",
        ValueKind.PART,
        "correlation_id",
        "A part of the correlation ID, in any case.",
        "corr:9f3c",
        aliases=("correlation",),
    ),
    Key("trace", ValueKind.PART, "trace_id", "A part of the trace ID, in any case.", "trace:0190b3"),
    Key("thread", ValueKind.PART, "thread_id", "A part of the thread ID, in any case.", "thread:case-7"),
    Key("summary", ValueKind.PART, "summary", "A part of the log's last column, in any case.", "summary:refund"),
    Key(
        "code",
        ValueKind.NUMBER,
        "code",
        "The close code, or the HTTP status of a handshake; none for entries without.",
        "code:1011",
        ORDERED,
        none=0,
    ),
    Key(
        "size",
        ValueKind.SIZE,
        "size",
        "Bytes of the payload, inflated; 1 kB is 1,000 and 1 KiB 1,024.",
        "size>10kB",
        ORDERED,
    ),
    Key(
        "latency",
        ValueKind.DURATION,
        "latency_ns",
        "Time from the request to this answer; none for entries without.",
        "latency>2s",
        ORDERED,
        none=-1,
    ),
    Key(
        "time",
        ValueKind.TIME,
        "wall_ns",
        "Local wall clock: a time of any day, a date, or both; with Z or +01:00 in that zone.",
        "time>12:40:03",
        ORDERED,
    ),
    Key("number", ValueKind.NUMBER, "number", "The entry's number in the log.", "number>1000", ORDERED),
    Key("attempt", ValueKind.NUMBER, "attempt", "The connection attempt, from 1.", "attempt:2", ORDERED),
    Key(
        "exchange",
        ValueKind.NUMBER,
        "exchange",
        "The number of the exchange that the entry belongs to; none for entries without.",
        "exchange:12",
        ORDERED,
        none=0,
    ),
)

KEYS: Mapping[str, Key] = MappingProxyType({key.name: key for key in _TABLE})
"""All keys by name, in the order of the help."""
BY_ANY_NAME: Mapping[str, Key] = MappingProxyType({name: key for key in _TABLE for name in (key.name, *key.aliases)})
"""All keys by name and alias."""

OPERATORS: Mapping[str, str] = MappingProxyType(
    {
        ":": "is so, or holds it; numbers and times as precise as written: latency:2s is 2 s to 3 s",
        "=": "is exactly this",
        "<": "less, or earlier",
        "<=": "at most",
        ">": "more, or later",
        ">=": "at least",
    }
)
"""What the operators mean."""
