"""The command ``export`` where it is about traces: spans to a collector, exchanges and statistics as tables."""

from __future__ import annotations

import sys
from contextlib import closing
from typing import TYPE_CHECKING

import typer

from .capture.query.parse import parse
from .capture.redaction import RedactionRules, Redactor
from .capture.store import CaptureStore
from .export import FAILED, STANDARD_OUTPUT, ProgressLine, matching, run_safely
from .protocol.contract import Contract
from .replay import CaptureReplay
from .resources import schemas
from .trace_tables import TraceTable, export_table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from .otlp.settings import Collector
    from .tracing.exchange import Exchange


def run_table_export(capture: Path, output: Path, table: TraceTable, query: str, rules: RedactionRules | None) -> int:
    """Write a table to ``output``, ``-`` for standard output. Returns the exit status, as ``run_export`` does."""

    def work() -> int:
        wanted = parse(query)
        Redactor(rules)  # a rule that makes no sense is said before the capture is opened
        with closing(CaptureStore.open(capture, read_only=True)) as store:
            numbers = matching(store, wanted)
            target = sys.stdout.buffer if output == STANDARD_OUTPUT else output
            count = export_table(store, _rebuilt(store), target, table, numbers=numbers, rules=rules)
            sys.stdout.flush()
        if sys.stderr.isatty():
            typer.echo(f"{_exchanges(count)} written.", err=True)
        return 0

    return run_safely(work)


def run_span_export(
    capture: Path, collector: Collector, query: str, rules: RedactionRules, *, with_contents: bool
) -> int:
    """Send a capture's spans to a collector. Returns the exit status: 0 only when all were delivered."""

    def work() -> int:
        from .otlp.answers import shown_endpoint
        from .otlp.sending import send_capture

        wanted = parse(query)
        Redactor(rules)
        with closing(CaptureStore.open(capture, read_only=True)) as store:
            numbers = matching(store, wanted)
            exchanges = _rebuilt(store)
            line = ProgressLine(sys.stderr, "spans")
            try:
                sent = send_capture(
                    store,
                    exchanges,
                    collector,
                    numbers=numbers,
                    rules=rules,
                    with_contents=with_contents,
                    progress=line,
                )
            finally:
                line.end()
        what = f"{_exchanges(sent.exchanges)} and {_connections(sent.connections)}"
        typer.echo(f"{what} as spans to {shown_endpoint(collector.endpoint)}: {sent.delivered:,} delivered", nl=False)
        typer.echo(f", {sent.not_delivered:,} not delivered.")
        if sent.problem:
            typer.echo(sent.problem, err=True)
        return FAILED if sent.not_delivered else 0

    return run_safely(work)


def _rebuilt(store: CaptureStore) -> Sequence[Exchange]:
    line = ProgressLine(sys.stderr)
    try:
        return CaptureReplay(store, Contract(schemas())).rebuild(line).exchanges
    finally:
        line.end()


def _exchanges(count: int) -> str:
    return "1 exchange" if count == 1 else f"{count:,} exchanges"


def _connections(count: int) -> str:
    return "1 connection" if count == 1 else f"{count:,} connections"
