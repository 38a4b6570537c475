"""Exchanges and statistics as tables that other programs read."""

from __future__ import annotations

import csv
import io
from typing import Any

from optave_inspector.tracing.csv_tables import write_exchanges_csv, write_rate_csv, write_statistics_csv
from optave_inspector.tracing.rate import Rate
from optave_inspector.tracing.statistics import Statistics

MS = 1_000_000


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def exchanges_of(talk: Any, **options: Any) -> list[dict[str, str]]:
    out = io.StringIO(newline="")
    count = write_exchanges_csv(talk.correlator.exchanges, out, **options)
    found = rows(out.getvalue())
    assert count == len(found)
    return found


def test_each_exchange_is_a_row(talk: Any) -> None:
    talk.wait(1_000)
    talk.send("a", trace_id="t", session_id="s")
    talk.wait(250)
    talk.receive("a", "started")
    talk.wait(750)
    talk.receive("a", "error", error_code="E1")
    talk.receive("a")
    talk.fail_to_send("b")
    one, two = exchanges_of(talk, started_ns=1_000 * MS)
    assert (one["status"], one["error_code"], one["trace_id"], one["session_id"]) == ("error", "E1", "t", "s")
    assert (one["sent_ms"], one["first_ms"], one["total_ms"]) == ("0.000", "250.000", "1000.000")
    assert (one["longest_stall_ms"], one["answers"], one["duplicates"]) == ("750.000", "2", "1")
    assert (two["status"], two["first_ms"], two["total_ms"]) == ("not_sent", "", "")
    assert "Never sent" in two["note"]


def test_nothing_is_a_header_and_no_rows(talk: Any) -> None:
    assert exchanges_of(talk) == []


def test_no_cell_runs_as_a_formula(talk: Any) -> None:
    talk.send("=1+1", "@SUM(A1)", trace_id="+x")
    talk.receive("=1+1", "error", error_code="-2;=3")
    (row,) = exchanges_of(talk)
    assert (row["correlation_id"], row["action"], row["trace_id"]) == ("'=1+1", "'@SUM(A1)", "'+x")
    out = io.StringIO(newline="")
    write_statistics_csv(Statistics(talk.correlator.exchanges), out)
    assert rows(out.getvalue())[0]["action"] == "'@SUM(A1)"
    assert "'=3" in rows(out.getvalue())[0]["errors_by_code"]


def test_texts_of_the_wire_go_through_the_cleaning(talk: Any) -> None:
    talk.send("secret", "secret", trace_id="secret", thread_id="secret", session_id="secret", parent_id="secret")
    talk.send("secret", request_id="secret")
    talk.receive("secret", "error", error_code="secret")
    out = io.StringIO(newline="")
    write_exchanges_csv(talk.correlator.exchanges, out, clean=lambda text: text.replace("secret", "‹gone›"))
    write_statistics_csv(
        Statistics(talk.correlator.exchanges), out, clean=lambda text: text.replace("secret", "‹gone›")
    )
    assert "secret" not in out.getvalue()
    assert "‹gone›" in out.getvalue()


def test_each_action_and_all_together_are_rows(talk: Any) -> None:
    for number in range(10):
        talk.send(f"{number}", "translate")
        talk.wait(number + 1)
        talk.receive(f"{number}")
    talk.send("x", "adjust")
    talk.receive("x", "error", error_code="E1")
    talk.send("y", "adjust")
    talk.receive("y", "error")
    talk.send("z", "adjust")
    talk.cancel(13, "z")
    talk.fail_to_send("w", "adjust")
    out = io.StringIO(newline="")
    assert write_statistics_csv(Statistics(talk.correlator.exchanges), out) == 3
    translate, adjust, overall = rows(out.getvalue())
    assert [translate[f"total_{name}_ms"] for name in ("p50", "p90", "p95", "p99", "max")] == [
        "5.000",
        "9.000",
        "10.000",
        "10.000",
        "10.000",
    ]
    assert (adjust["errors"], adjust["errors_by_code"]) == ("2", "E1 1; (none) 1")
    assert (adjust["exchanges"], adjust["sent"], adjust["cancelled"], adjust["not_sent"]) == ("4", "3", "1", "1")
    assert (overall["action"], overall["exchanges"], overall["open"]) == ("(all)", "14", "0")


def test_each_second_is_a_row_of_the_rate(talk: Any) -> None:
    talk.wait(5_000)
    talk.send("a")
    talk.wait(2_100)
    talk.receive("a")
    out = io.StringIO(newline="")
    assert write_rate_csv(Rate(talk.correlator.exchanges), out, started_ns=5_000 * MS) == 3
    assert [tuple(row.values()) for row in rows(out.getvalue())] == [
        ("0.000", "1", "0"),
        ("1000.000", "0", "0"),
        ("2000.000", "0", "1"),
    ]
    assert write_rate_csv(Rate(), io.StringIO(newline="")) == 0
