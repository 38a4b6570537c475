"""The command ``export``: entries of a capture as HAR, JSON Lines or CSV, and what would be taken out of them."""

from __future__ import annotations

import os
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import typer

from .capture.exporting import ExportFormat, export_entries
from .capture.json_paths import PathError
from .capture.query.errors import QueryError
from .capture.query.parse import parse
from .capture.query.search import numbers_matching
from .capture.redaction import RedactionRules, Redactor, preview
from .capture.store import CaptureStore
from .errors import InspectorError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .capture.query.query import Query

FAILED, ASKED_WRONGLY = 1, 2
STANDARD_OUTPUT = Path("-")

_QUIET_S = 1.0
_BETWEEN_S = 0.1


class ProgressLine:
    """Progress as a line on a terminal, for work that takes longer than a second."""

    def __init__(self, stream: TextIO, unit: str = "entries") -> None:
        self._stream = stream
        self._unit = unit
        self._shown = False
        self._next = time.monotonic() + _QUIET_S if stream.isatty() else float("inf")

    def __call__(self, done: int, total: int) -> None:
        """How far the work is."""
        now = time.monotonic()
        if now >= self._next:
            self._next = now + _BETWEEN_S
            self._shown = True
            self._stream.write(f"\r{done:,} of {total:,} {self._unit}")
            self._stream.flush()

    def end(self) -> None:
        """Take the line away."""
        if self._shown:
            self._stream.write("\r\x1b[K")
            self._stream.flush()


def run_export(
    capture: Path, output: Path | None, kind: ExportFormat | None, query: str, rules: RedactionRules | None
) -> int:
    """Export to ``output``, ``-`` for standard output, or for None list what redaction would take out.

    Returns the exit status; what went wrong stands on standard error. The capture is not changed.
    """
    return run_safely(lambda: _run(capture, output, kind, query, rules))


def run_safely(work: Callable[[], int]) -> int:
    """The exit status that ``work`` returns, or the one for what it raises, which is told on standard error."""
    try:
        return work()
    except (QueryError, PathError) as error:
        return _complain(error, ASKED_WRONGLY)
    except BrokenPipeError:
        # Whoever read has seen enough; Python would complain once more when it flushes at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except InspectorError as error:
        return _complain(error, FAILED)
    except OSError as error:
        return _complain(f"The export cannot be written: {error.strerror or error}.", FAILED)


def matching(store: CaptureStore, wanted: Query) -> Sequence[int] | None:
    """The numbers of the entries that a query finds; None for all."""
    if wanted.is_empty:
        return None
    found: list[int] = []
    numbers_matching(store, wanted, found=found.extend, bookmarked=frozenset(store.bookmarks))
    return found


def _run(
    capture: Path, output: Path | None, kind: ExportFormat | None, query: str, rules: RedactionRules | None
) -> int:
    wanted = parse(query)
    Redactor(rules)  # a rule that makes no sense is said before the capture is opened
    if output is not None and kind is None:
        kind = ExportFormat.of_name(output)
        if kind is None:
            return _complain(
                f"The name {output} does not tell the format; say --format har, jsonl or csv.", ASKED_WRONGLY
            )
    line = ProgressLine(sys.stderr)
    with closing(CaptureStore.open(capture, read_only=True)) as store:
        numbers = matching(store, wanted)
        try:
            if output is None or kind is None:
                _list_removals(store, Redactor(rules), numbers, line)
                return 0
            target = sys.stdout.buffer if output == STANDARD_OUTPUT else output
            done = export_entries(store, target, kind, numbers=numbers, rules=rules, progress=line)
            sys.stdout.flush()
        finally:
            line.end()
    if sys.stderr.isatty():
        removed = ", ".join(f"{count} × {name}" for name, count in sorted(done.removed.items()))
        typer.echo(f"{done.entries:,} entries; taken out: {removed or 'nothing'}.", err=True)
    return 0


def _list_removals(store: CaptureStore, redactor: Redactor, numbers: Sequence[int] | None, line: ProgressLine) -> None:
    for each in preview(store, redactor, numbers, line):
        times = f" ({each.count} times)" if each.count > 1 else ""
        typer.echo(f"entry {each.number}: {each.place}: {each.placeholder}{times}")


def _complain(problem: InspectorError | str, status: int) -> int:
    typer.echo(str(problem), err=True)
    return status
