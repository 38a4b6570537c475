"""What a cell of the log means as a term of a query, and a query with a term more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...capture.query.nodes import And, Not
from ...capture.query.parse import parse
from ...capture.query.query import Query
from ...capture.query.writing import term_for
from .formats import wall_text
from .frame_columns import FrameColumn

if TYPE_CHECKING:
    from ...capture.entry import Entry

_WHOLE_SECONDS = len("12:40:03")


def cell_term(entry: Entry, column: FrameColumn, correlation_id: str = "") -> str:
    """The term that asks for entries alike in this cell; empty where a cell says nothing to be asked for.

    ``correlation_id`` is what the log shows for an entry without one of its own: that of its exchange.
    """
    match column:
        case FrameColumn.NUMBER:
            return term_for("number", entry.number)
        case FrameColumn.TIME | FrameColumn.DELTA:
            return f"time:{wall_text(entry.wall_ns)[:_WHOLE_SECONDS]}"
        case FrameColumn.DIRECTION:
            return term_for("dir", entry.direction)
        case FrameColumn.KIND:
            return term_for("kind", entry.kind)
        case FrameColumn.ACTION:
            return _text("action", entry.action)
        case FrameColumn.STATE:
            return term_for("code", entry.code) if entry.code else _text("state", entry.state)
        case FrameColumn.CORRELATION:
            if entry.correlation_id or not correlation_id:
                return _text("corr", entry.correlation_id)
            return term_for("exchange", entry.exchange)
        case FrameColumn.SIZE:
            return term_for("size", entry.size)
        case FrameColumn.LATENCY:
            return f"latency:{entry.latency_ns // 1_000_000}ms" if entry.latency_ns >= 0 else ""
        case FrameColumn.SUMMARY:
            return _text("summary", entry.summary)


def with_term(query: Query, term: str, *, exclude: bool) -> str:
    """``query`` and ``term``, or its opposite, as text. What says the same or the contrary of the term already leaves.

    Raises QueryError for a term that cannot be read.
    """
    added = parse(term).node
    wanted = Not(added) if exclude else added
    parts = () if query.is_empty else query.node.nodes if isinstance(query.node, And) else (query.node,)
    kept = tuple(part for part in parts if part not in (added, Not(added)))
    return str(Query(And((*kept, wanted)) if kept else wanted))


def _text(key: str, value: str) -> str:
    return term_for(key, value) if value else ""
