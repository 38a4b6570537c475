"""CSV for spreadsheets (RFC 4180, UTF-8): one entry a row, nothing in it that a spreadsheet would compute."""

from __future__ import annotations

import contextlib
import csv
import io
import re
from typing import TYPE_CHECKING, BinaryIO

from .record import direction_name, flag_names, iso_time, kind_name, text_or_base64

if TYPE_CHECKING:
    from ..entry import Entry
    from .about import About

COLUMNS = (
    *("number", "time", "attempt", "direction", "kind", "action", "state", "correlation_id", "trace_id", "thread_id"),
    *(
        "exchange",
        "code",
        "latency_ms",
        "size",
        "wire_size",
        "frames",
        "flags",
        "summary",
        "note",
        "encoding",
        "payload",
    ),
)

# A cell that begins like this is taken for a formula; so is what follows a line break, a tab or a semicolon where the
# program splits cells there and not at commas.
_FORMULA = re.compile(r"[\s\"]*[=+\-@＝＋－＠]")
_FORMULA_WITHIN = re.compile(r"([;\t\r\n])(?=[\s\"]*[=+\-@＝＋－＠])")


class CsvWriter:
    """Writes a header and then a row for each entry. ``out`` stays open."""

    def __init__(self, out: BinaryIO, _about: About) -> None:
        self._text = io.TextIOWrapper(out, encoding="utf-8", errors="replace", newline="")
        self._rows = csv.writer(self._text, lineterminator="\r\n")
        self._rows.writerow(COLUMNS)

    def write(self, entry: Entry, payload: bytes, note: str | None) -> None:
        """One row."""
        text, coded = text_or_base64(payload)
        self._rows.writerow(
            (
                entry.number,
                iso_time(entry.wall_ns),
                entry.attempt,
                direction_name(entry.direction),
                kind_name(entry.kind),
                harmless(entry.action),
                harmless(entry.state),
                harmless(entry.correlation_id),
                harmless(entry.trace_id),
                harmless(entry.thread_id),
                entry.exchange or "",
                entry.code or "",
                "" if entry.latency_ns < 0 else f"{entry.latency_ns / 1e6:.3f}",
                entry.size,
                entry.wire_size,
                entry.frames,
                " ".join(flag_names(entry.flags)),
                harmless(entry.summary),
                "" if note is None else harmless(note or "bookmark"),
                "text" if text is not None else "base64",
                harmless(text if text is not None else coded or ""),
            )
        )

    def finish(self) -> None:
        """Hand the last rows on."""
        self._text.flush()

    def close(self) -> None:
        """Let go of ``out``, whether the writing was finished or not."""
        with contextlib.suppress(OSError, ValueError):  # what failed before is what counts
            self._text.detach()


def harmless(text: str) -> str:
    """A cell that no spreadsheet takes for a formula: an apostrophe goes before what looks like one."""
    clean = _FORMULA_WITHIN.sub(r"\1'", text)
    return f"'{clean}" if _FORMULA.match(text) else clean
