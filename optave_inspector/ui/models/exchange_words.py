"""Exchanges in words: where they stand, what is odd about them, how long they took."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from ...tracing.exchange import Exchange, ExchangeStatus
from .formats import duration_text

if TYPE_CHECKING:
    from collections.abc import Iterator

STATUS_LOOK: dict[ExchangeStatus, tuple[str, str, str]] = {
    ExchangeStatus.WAITING: ("…", "waiting", "accent"),
    ExchangeStatus.STREAMING: ("≡", "streaming", "accent"),
    ExchangeStatus.COMPLETED: ("✓", "completed", "ok"),
    ExchangeStatus.ERROR: ("✗", "error", "error"),
    ExchangeStatus.TIMED_OUT: ("◔", "timed out", "warning"),
    ExchangeStatus.CUT_OFF: ("⚡", "cut off", "muted"),
    ExchangeStatus.CANCELLED: ("⊘", "cancelled", "muted"),
    ExchangeStatus.NOT_SENT: ("⊗", "not sent", "warning"),
}
"""Glyph, word and the theme's name for the colour of each status. DejaVu Sans has all glyphs."""
LONG_NS = 5_000_000_000
"""Who waits longer for a sign of life is counted among the missing answers: most wait for a second or two."""
MISSING = "missing"
"""What ``state:`` calls an answer that did not come, or does not for long."""
_MOST_UPDATES = 12


def is_missing(exchange: Exchange, now_ns: int) -> bool:
    """Whether an answer is missing: timed out, cut off, or without a sign of life for :data:`LONG_NS`."""
    if exchange.status in (ExchangeStatus.TIMED_OUT, ExchangeStatus.CUT_OFF):
        return True
    if exchange.status.ended:
        return False
    return now_ns - (exchange.update_ns[-1] if exchange.update_ns else exchange.sent_ns) >= LONG_NS


def state_words(exchange: Exchange, now_ns: int) -> Iterator[str]:
    """What ``state:`` may call an exchange: ``timed out``, ``timed-out``, ``missing``."""
    word = STATUS_LOOK[exchange.status][1]
    yield word
    if " " in word:
        yield word.replace(" ", "-")
    if is_missing(exchange, now_ns):
        yield MISSING


def status_text(exchange: Exchange) -> str:
    """Glyph and word for where an exchange stands, with the error's code, and whether it was late or guessed."""
    glyph, word, _ = STATUS_LOOK[exchange.status]
    text = f"{glyph} {word}"
    if exchange.error_code:
        text += f" {exchange.error_code}"
    if exchange.late:
        text += " · late answer"
    if exchange.duplicates:
        text += " · answered again"
    if exchange.guessed:
        text += " · guessed"
    return text


def longest_stall(exchange: Exchange) -> tuple[int, int]:
    """From when to when a stream was silent for longest, after its first answer; (-1, -1) where nothing is to be told.

    Between two answers, or from the last one to an end without an answer.
    """
    times = exchange.update_ns
    if not times:
        return -1, -1
    longest = (-1, -1)
    for before, after in pairwise(times):
        if after - before > longest[1] - longest[0]:
            longest = before, after
    if not exchange.final and exchange.ended_ns - times[-1] > longest[1] - longest[0]:
        longest = times[-1], exchange.ended_ns
    return longest


def times_text(exchange: Exchange) -> str:
    """First answer, longest silence, end and count of answers, as far as they are known, in one line."""
    parts = []
    if exchange.update_ns:
        parts.append(f"first answer after {duration_text(exchange.first_ns)}")
    start, end = longest_stall(exchange)
    if end - start > 0:
        parts.append(f"longest silence {duration_text(end - start)}")
    if exchange.total_ns >= 0:
        parts.append(f"ended after {duration_text(exchange.total_ns)}")
    answers = len(exchange.answers)
    parts.append("1 answer" if answers == 1 else f"{answers or 'no'} answers")
    return ", ".join(parts).capitalize()


def updates_text(exchange: Exchange) -> str:
    """When each answer came, after the request; of very many the first and the last ones."""
    times = [duration_text(at_ns - exchange.sent_ns) for at_ns in exchange.update_ns[: _MOST_UPDATES // 2]]
    rest = exchange.update_ns[_MOST_UPDATES // 2 :]
    if len(rest) > _MOST_UPDATES // 2:
        times.append(f"… {len(rest) - _MOST_UPDATES // 2:,} more …")
        rest = rest[-(_MOST_UPDATES // 2) :]
    return ", ".join([*times, *(duration_text(at_ns - exchange.sent_ns) for at_ns in rest)])


def answer_words(exchange: Exchange, place: int) -> str:
    """Which of the answers one is, when it came, and how long after the one before: for the answer on show."""
    answers = len(exchange.answers)
    if place >= answers:
        return f"Again after the end · entry {exchange.duplicates[place - answers]:,}"
    after = exchange.update_ns[place] - exchange.sent_ns
    step = f" (+{duration_text(exchange.update_ns[place] - exchange.update_ns[place - 1])})" if place else ""
    which = "Answer" if answers == 1 else f"Answer {place + 1:,} of {answers:,}"
    late = " · late" if place >= answers - exchange.late else ""
    return f"{which} · entry {exchange.answers[place]:,} · after {duration_text(after)}{step}{late}"


def detail_text(exchange: Exchange) -> str:
    """An exchange in one line, for the line below the table: what the row has no room for."""
    parts = [f"Exchange {exchange.number:,}", times_text(exchange)]
    if len(exchange.update_ns) > 1:
        parts.append(f"answers after {updates_text(exchange)}")
    parts += [sentence for sentence in (exchange.note, exchange.guessed) if sentence]
    return " · ".join(parts)


def description(exchange: Exchange) -> str:
    """An exchange in several lines of plain text, for tooltips."""
    lines = [
        f"{exchange.action or 'no action'}: {status_text(exchange)}",
        f"Correlation ID {exchange.correlation_id or 'missing'}",
    ]
    if exchange.trace_id:
        lines.append(f"Trace ID {exchange.trace_id}")
    if exchange.thread_id:
        lines.append(f"Thread ID {exchange.thread_id}")
    lines.append(times_text(exchange))
    if len(exchange.update_ns) > 1:
        lines.append(f"Answers after {updates_text(exchange)}")
    if exchange.duplicates:
        lines.append(f"Answered again after the end: {len(exchange.duplicates)}")
    lines += [sentence for sentence in (exchange.guessed, exchange.note) if sentence]
    lines.append(f"Connection attempt {exchange.attempt}, request is entry {exchange.request_entry}")
    return "\n".join(lines)
