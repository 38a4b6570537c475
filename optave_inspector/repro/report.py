"""What runs came to, for people (Markdown), for programs (JSON) and for continuous integration (JUnit XML)."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import msgspec

from .. import __version__
from ..capture.redaction import Redactor
from .durations import duration
from .results import RunResult, Series, StepState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

GLYPHS = {
    StepState.RUNNING: "▶",
    StepState.PASSED: "✓",
    StepState.FAILED: "✗",
    StepState.NOT_REACHED: "·",
}
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class ReportFormat(StrEnum):
    """By the end of the file's name."""

    MARKDOWN = "md"
    JSON = "json"
    JUNIT = "xml"

    @classmethod
    def of_name(cls, path: Path) -> ReportFormat | None:
        """The format that a file's name tells; None where it tells none."""
        end = path.suffix.lower().removeprefix(".")
        return next((each for each in cls if each.value == end), None)


class Reported(msgspec.Struct, frozen=True):
    """The runs of one recipe, with the words of its steps."""

    series: Series
    words: dict[int, str]
    """By the number of the step."""

    @property
    def title(self) -> str:
        """Of the recipe."""
        return self.series.runs[0].title if self.series.runs else ""

    @property
    def verdict(self) -> str:
        """How many of how many, and in what time."""
        series = self.series
        times = series.times_s
        if times is None:
            return "It was not run."
        if len(series.runs) == 1:
            how = "Reproduced as expected" if series.all_reproduced else "Not reproduced as expected"
            return f"{how}, in {duration(times[0])}."
        least, median, most = map(duration, times)
        return (
            f"{series.reproduced} of {len(series.runs)} runs reproduced it as expected; "
            f"shortest {least}, median {median}, longest {most}."
        )


def report(kind: ReportFormat, reported: Sequence[Reported]) -> str:
    """The report's text, free of secrets."""
    match kind:
        case ReportFormat.MARKDOWN:
            return Redactor().clean(markdown(reported))
        case ReportFormat.JSON:
            return Redactor().clean(as_json(reported))
        case ReportFormat.JUNIT:
            return Redactor().clean(junit(reported))


def markdown(reported: Sequence[Reported]) -> str:
    """For a ticket."""
    parts = []
    for each in reported:
        lines = [f"# {_line(each.title)}", "", f"**{each.verdict}**", ""]
        for number, run in enumerate(each.series.runs, start=1):
            if len(each.series.runs) > 1:
                lines += [f"## Run {number}: {'as expected' if run.reproduced else 'not as expected'}", ""]
            lines += [f"- Expected: {_line(run.expected)}", f"- Came: {_line(run.outcome.words)}"]
            if not run.reproduced:
                lines.append(f"- Why not: {_line(run.sentence)}")
            lines += [f"- Began: {_moment(run)}", "", "| | step | what came of it | time |", "|---|---|---|---|"]
            for event in run.steps:
                rounds = f" ({event.rounds})" if event.rounds else ""
                cells = (
                    GLYPHS[event.state],
                    f"{event.number}. {each.words.get(event.number, '')}{rounds}",
                    event.sentence,
                    duration(event.elapsed_s),
                )
                lines.append(f"| {' | '.join(map(_cell, cells))} |")
            lines += [_not_reached(each, run), ""]
        parts.append("\n".join(line for line in lines))
    return "\n".join(parts).rstrip() + f"\n\nOptave Inspector {__version__}\n"


def as_json(reported: Sequence[Reported]) -> str:
    """For programs: all that is known."""
    recipes = [
        {
            "title": each.title,
            "name": each.series.runs[0].name if each.series.runs else "",
            "runs": len(each.series.runs),
            "reproduced": each.series.reproduced,
            "timesSeconds": dict(zip(("min", "median", "max"), each.series.times_s or (), strict=False)),
            "results": [_run(each, run) for run in each.series.runs],
        }
        for each in reported
    ]
    content = {"version": 1, "app": f"optave-inspector {__version__}", "recipes": recipes}
    return msgspec.json.format(msgspec.json.encode(content), indent=2).decode() + "\n"


def junit(reported: Sequence[Reported]) -> str:
    """For continuous integration: a suite for each recipe, a case for each run."""
    suites = ET.Element("testsuites", name="optave-inspector run")
    _count(suites, [run for each in reported for run in each.series.runs])
    for each in reported:
        runs = each.series.runs
        suite = ET.SubElement(suites, "testsuite", name=_xml(each.title))
        _count(suite, runs)
        suite.set("timestamp", _moment(runs[0])[:19] if runs else "")
        for number, run in enumerate(runs, start=1):
            name = each.title if len(runs) == 1 else f"{each.title} (run {number} of {len(runs)})"
            case = ET.SubElement(
                suite,
                "testcase",
                classname=_xml(f"recipe.{run.name or 'unnamed'}".replace(" ", "_")),
                name=_xml(name),
                time=f"{run.elapsed_s:.3f}",
            )
            if not run.reproduced:
                kind = "step" if any(event.state is StepState.FAILED for event in run.steps) else "ending"
                failure = ET.SubElement(case, "failure", message=_xml(run.sentence), type=kind)
                failure.text = _xml(
                    "\n".join([f"expected: {run.expected}", f"came: {run.outcome.words}", *run.problems])
                )
            ET.SubElement(case, "system-out").text = _xml("\n".join(step_lines(each, run)))
    ET.indent(suites)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(suites, encoding="unicode")}\n'


def step_lines(each: Reported, run: RunResult) -> list[str]:
    """The steps of a run, a line each."""
    lines = []
    for event in run.steps:
        rounds = f" ({event.rounds})" if event.rounds else ""
        said = f": {event.sentence}" if event.sentence else ""
        words = each.words.get(event.number, "")
        lines.append(f"{GLYPHS[event.state]} {event.number}. {words}{rounds}{said} [{duration(event.elapsed_s)}]")
    return lines


def _run(each: Reported, run: RunResult) -> dict[str, object]:
    return {
        "reproduced": run.reproduced,
        "expected": run.expected,
        "outcome": {name: value for name, value in msgspec.structs.asdict(run.outcome).items() if name != "body"},
        "problems": run.problems,
        "stopped": run.cancelled,
        "began": _moment(run),
        "seconds": round(run.elapsed_s, 3),
        "steps": [
            {
                "number": event.number,
                "words": each.words.get(event.number, ""),
                "state": event.state.value,
                "rounds": event.rounds,
                "sentence": event.sentence,
                "entries": [event.first_entry, event.last_entry] if event.first_entry else [],
                "seconds": round(event.elapsed_s, 3),
            }
            for event in run.steps
        ],
    }


def _count(element: ET.Element, runs: Sequence[RunResult]) -> None:
    element.set("tests", str(len(runs)))
    element.set("failures", str(sum(not run.reproduced for run in runs)))
    element.set("errors", "0")
    element.set("skipped", "0")
    element.set("time", f"{sum(run.elapsed_s for run in runs):.3f}")


def _not_reached(each: Reported, run: RunResult) -> str:
    reached = {event.number for event in run.steps}
    left = [number for number in each.words if number not in reached]
    if not left:
        return ""
    return f"\nNot reached: {'; '.join(f'{number}. {_line(each.words[number])}' for number in left)}."


def _moment(run: RunResult) -> str:
    return datetime.fromtimestamp(run.began_wall_ns / 1e9, UTC).isoformat(timespec="seconds")


def _line(text: str) -> str:
    return " ".join(text.split())


def _cell(text: str) -> str:
    return _line(text).replace("|", "\\|")


def _xml(text: str) -> str:
    return _NOT_IN_XML.sub("\ufffd", text)
