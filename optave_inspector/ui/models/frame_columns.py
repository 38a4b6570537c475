"""The columns of the frame log."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class FrameColumn(IntEnum):
    """Columns in their usual order. The names are what a kept layout refers to."""

    NUMBER = 0
    TIME = 1
    DELTA = 2
    DIRECTION = 3
    KIND = 4
    ACTION = 5
    STATE = 6
    CORRELATION = 7
    SIZE = 8
    LATENCY = 9
    SUMMARY = 10


@dataclass(frozen=True, slots=True)
class ColumnInfo:
    """How a column looks and what it is for."""

    title: str
    name: str
    """In full, for menus and screen readers."""
    tooltip: str
    widest: str
    """The widest content to be expected: the column's usual width holds it."""
    mono: bool = False
    right: bool = False
    gives_way: int = 0
    """Where room is scarce, columns leave in this order; those with 0 stay."""


COLUMNS: tuple[ColumnInfo, ...] = (
    ColumnInfo("#", "Number", "Number of the entry in the capture", "1042", mono=True, right=True),
    ColumnInfo("time", "Time", "Local time, or time since the first entry", "12:40:03.626", mono=True, right=True),
    ColumnInfo("Δ", "Step", "Seconds since the row above", "+27.376", mono=True, right=True, gives_way=1),
    ColumnInfo("dir", "Direction", "↑ sent · ↓ received · • connection event", "↑"),
    ColumnInfo("kind", "Kind", "Frame or event; auto: made by the inspector itself", "pong · auto"),
    ColumnInfo("action", "Action", "The request's action", "recommend"),
    ColumnInfo("state", "State or code", "State of the answer, close code or HTTP status", "completed"),
    ColumnInfo("corr", "Correlation", "Correlation ID: a colour and its last four characters", "▮ 9f3c", mono=True),
    ColumnInfo("size", "Size", "Payload, inflated", "999.9 kB", right=True, gives_way=2),
    ColumnInfo("latency", "Latency", "Time since the request", "timed out", right=True, gives_way=3),
    ColumnInfo("summary", "Summary", "What the message says", ""),
)
"""One for each of :class:`FrameColumn`, in order."""
