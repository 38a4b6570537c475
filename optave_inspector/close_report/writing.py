"""A report as plain text or Markdown, for a ticket; secrets are taken out of both."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..capture.redaction import Redactor
from ..protocol.timestamps import iso_millis
from .order import Lane

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .patterns import Pattern
    from .report import Report

_ARROWS = {Lane.OURS: "inspector →", Lane.THEIRS: "← server", Lane.BOTH: "–"}
_SPECIAL = str.maketrans({character: f"\\{character}" for character in "\\`*_[]<>#|"})


def as_text(report: Report, patterns: Sequence[Pattern] = (), known: Iterable[str] = ()) -> str:
    """The report with lines for a terminal or a mail. ``known`` are secrets that may stand in it in any shape."""
    clean = Redactor(known=known).clean
    lines = [f"{_title(report)}: {report.headline}", " · ".join(report.facts), "", *_head(report), ""]
    for title, body in _parts(report, patterns):
        lines += [title, *(f"  {line}" for line in body), ""]
    return "\n".join(clean(line) for line in lines)


def as_markdown(report: Report, patterns: Sequence[Pattern] = (), known: Iterable[str] = ()) -> str:
    """The report with headings and a table, for GitHub, Jira and their like."""
    clean = Redactor(known=known).clean

    def plain(text: str) -> str:
        # In this order: a secret with backslashes in it would not be known for one.
        return " ".join(clean(text).split()).translate(_SPECIAL)

    lines = [f"## {plain(report.headline)}", "", plain(" · ".join(report.facts)), ""]
    lines += [f"- {plain(line)}" for line in _head(report)]
    for title, body in _parts(report, patterns):
        lines += ["", f"### {title}", ""]
        if title == _ORDER:
            lines += ["| after | who | what | entry |", "|---|---|---|---|"]
            lines += [
                f"| {step.gap} | {_ARROWS[step.lane]} | {plain(step.words)} | {step.entry} |" for step in report.steps
            ]
        else:
            lines += [f"- {plain(line)}" for line in body]
    return "\n".join(lines) + "\n"


_ORDER = "Order of events"


def _parts(report: Report, patterns: Sequence[Pattern]) -> list[tuple[str, list[str]]]:
    causes = [f"{cause.title} ({cause.fit.words}). {' '.join(cause.reasons)}" for cause in report.causes]
    advice = [f"{report.advice} ({report.source})" if report.source else report.advice] if report.advice else []
    parts = [
        ("Likely causes", causes or ["The evidence points to no cause in particular."]),
        ("Advice", [*advice, *([report.next_step] if report.next_step else [])]),
        (
            _ORDER,
            [
                f"{step.gap or '0 ms':>12}  {_ARROWS[step.lane]} {step.words} (entry {step.entry})"
                for step in report.steps
            ],
        ),
        (
            "Evidence",
            [f"{line.label}: {line.words}{f' (entry {line.entry})' if line.entry else ''}" for line in report.evidence],
        ),
        ("Across the attempts", [pattern.words for pattern in patterns]),
    ]
    return [(title, body) for title, body in parts if body]


def _head(report: Report) -> list[str]:
    lines = [f"Attempt {report.attempt}, begun {iso_millis(report.began_wall_ns)}"]
    lines += [line for line in (report.url, report.cause, report.meaning, report.notice) if line]
    return lines


def _title(report: Report) -> str:
    return "Close report" if report.headline[:1].isdigit() else "Report of an attempt"
