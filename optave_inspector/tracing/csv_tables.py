"""Exchanges, statistics and rates as CSV (RFC 4180), for spreadsheets and scripts. Times in milliseconds."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, TextIO

from ..capture.formats.csv_rows import harmless

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from .exchange import Exchange
    from .rate import Rate
    from .statistics import Durations, Statistics, Summary

EXCHANGE_COLUMNS = (
    *("number", "attempt", "action", "status", "correlation_id", "trace_id", "thread_id", "session_id", "parent_id"),
    *("request_id", "request_entry", "sent_ms", "first_ms", "total_ms", "longest_stall_ms", "answers", "late"),
    *("duplicates", "error_code", "guessed", "reused", "note"),
)
RATE_COLUMNS = ("start_ms", "requests", "answers")
_PERCENTILES = ("p50", "p90", "p95", "p99", "max")
STATISTICS_COLUMNS = (
    *("action", "exchanges", "sent", "answered", "errors", "timed_out", "cut_off", "cancelled", "not_sent", "open"),
    *(f"{what}_{name}_ms" for what in ("first", "total") for name in _PERCENTILES),
    "errors_by_code",
)


def write_exchanges_csv(
    exchanges: Iterable[Exchange], out: TextIO, *, clean: Callable[[str], str] = str, started_ns: int = 0
) -> int:
    """One row for each exchange; how many. Open ``out`` with ``newline=""``.

    ``sent_ms`` counts from ``started_ns``, a ``monotonic_ns``. ``clean`` is what each text goes through that came from
    the wire, such as a redactor's. A text that a spreadsheet would run as a formula gets an apostrophe in front.
    """
    writer = csv.writer(out)
    writer.writerow(EXCHANGE_COLUMNS)
    count = 0
    for one in exchanges:
        count += 1
        texts = (one.correlation_id, one.trace_id, one.thread_id, one.session_id, one.parent_id, one.request_id)
        writer.writerow(
            (
                one.number,
                one.attempt,
                harmless(clean(one.action)),
                one.status.name.lower(),
                *(harmless(clean(text)) for text in texts),
                one.request_entry,
                _ms(one.sent_ns - started_ns),
                *(_duration(time_ns) for time_ns in (one.first_ns, one.total_ns, one.longest_stall_ns)),
                len(one.answers),
                one.late,
                len(one.duplicates),
                harmless(clean(one.error_code)),
                harmless(clean(one.guessed)),
                one.reused or "",
                harmless(clean(one.note)),
            )
        )
    return count


def write_statistics_csv(statistics: Statistics, out: TextIO, *, clean: Callable[[str], str] = str) -> int:
    """One row for each action and one named ``(all)``; how many. Open ``out`` with ``newline=""``."""
    writer = csv.writer(out)
    writer.writerow(STATISTICS_COLUMNS)
    rows = [*statistics.by_action.items(), ("(all)", statistics.overall)]
    for action, summary in rows:
        writer.writerow((harmless(clean(action)), *_counts(summary), *_durations(summary), _codes(summary, clean)))
    return len(rows)


def write_rate_csv(rate: Rate, out: TextIO, *, started_ns: int = 0, most: int = 100_000) -> int:
    """One row for each second from the first request to the last answer; how many. Open ``out`` with ``newline=""``.

    Of so long a time that more than ``most`` rows would come, a row stands for more seconds. ``start_ms`` counts from
    ``started_ns``, a ``monotonic_ns``.
    """
    writer = csv.writer(out)
    writer.writerow(RATE_COLUMNS)
    buckets = rate.buckets(most)
    writer.writerows((_ms(one.start_ns - started_ns), one.requests, one.answers) for one in buckets)
    return len(buckets)


def _counts(one: Summary) -> tuple[int, ...]:
    sums = (one.count, one.sent, one.answered, one.errors, one.timeouts, one.cut_off, one.cancelled, one.not_sent)
    return (*sums, one.open)


def _durations(summary: Summary) -> list[str]:
    each: tuple[Durations, ...] = (summary.first, summary.total)
    return [_duration(getattr(durations, name)) for durations in each for name in _PERCENTILES]


def _codes(summary: Summary, clean: Callable[[str], str]) -> str:
    counted = (f"{clean(code) or '(none)'} {count}" for code, count in summary.errors_by_code.items())
    return harmless("; ".join(counted))


def _duration(time_ns: int) -> str:
    return _ms(time_ns) if time_ns >= 0 else ""


def _ms(time_ns: int) -> str:
    return f"{time_ns / 1e6:.3f}"
