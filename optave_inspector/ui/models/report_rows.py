"""A close report as rows of words: what happened, likely causes, advice, evidence, patterns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...close_report.cause import Fit
from .detail_row import DetailRow, Piece, heading

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ...close_report.patterns import Pattern
    from ...close_report.report import Report

_FIT_LOOKS = {Fit.STRONG: "warning", Fit.FAIR: "text", Fit.WEAK: "muted"}
_FIT_GLYPHS = {Fit.STRONG: "●", Fit.FAIR: "◐", Fit.WEAK: "○"}


def report_rows(report: Report, patterns: Sequence[Pattern]) -> list[DetailRow]:
    """All rows; those about an entry lead to it."""
    return list(_rows(report, patterns))


def _rows(report: Report, patterns: Sequence[Pattern]) -> Iterator[DetailRow]:
    what = " ".join(part for part in (report.cause, report.meaning) if part)
    if what:
        yield DetailRow((Piece(what),), entry=report.entry)
    if report.notice:
        yield DetailRow((Piece(report.notice, "muted"),))
    yield heading("Likely causes", after="none is certain" if report.causes else "")
    for cause in report.causes:
        look = _FIT_LOOKS[cause.fit]
        pieces = [Piece(f"{_FIT_GLYPHS[cause.fit]} {cause.title}", look), Piece(f"  {cause.fit.words}", "muted")]
        pieces += _link(cause.entry)
        pieces.append(Piece(f"\n{' '.join(cause.reasons)}"))
        yield DetailRow(tuple(pieces), entry=cause.entry)
    if not report.causes:
        yield DetailRow((Piece("The evidence points to no cause in particular."),))
    if report.advice:
        yield heading("Advice", after=report.source)
        yield DetailRow((Piece(report.advice),))
    if report.next_step:
        yield DetailRow((Piece("Then: ", "muted"), Piece(report.next_step)))
    yield heading("Evidence", after="Enter goes to the entry")
    for line in report.evidence:
        pieces = (Piece(f"{line.label}: ", "muted"), Piece(line.words), *_link(line.entry))
        yield DetailRow(pieces, entry=line.entry)
    if patterns:
        yield heading("Across the attempts")
        for pattern in patterns:
            yield DetailRow((Piece(pattern.words, "warning" if pattern.tight else "text"),))


def _link(entry: int) -> list[Piece]:
    return [Piece(f"  #{entry}", "link")] if entry else []
