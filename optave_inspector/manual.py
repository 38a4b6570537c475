"""The manual's files, and those of its pages that are made of the code's own tables.

``python -m optave_inspector.manual FOLDER`` writes the latter; a test fails when they are out of date.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .capture.query.help import help_markdown
from .protocol.close_codes import DOCUMENTED, CloseCode, explain
from .protocol.scenarios import SCENARIOS, Need, ScenarioKind
from .repro.manual import page as recipe_keys
from .resources import resource_root

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .protocol.scenarios import Scenario

_KINDS = {
    ScenarioKind.HANDSHAKE: "Handshake",
    ScenarioKind.CLOSING: "Closing",
    ScenarioKind.TCP: "TCP",
    ScenarioKind.FRAMES: "Frames",
    ScenarioKind.ANSWERS: "Answers",
    ScenarioKind.TIMING: "Timing",
}
_RANGES = {"below 1000": 999, "1016–2999": 2000, "3000–3999": 3999, "4000–4999": 4000, "from 5000": 5000}
_MADE = "This page is made by `make docs`."


def manual_folder() -> Path:
    """Where the pages are: in an installed or frozen app among its resources, in a checkout in ``docs/``.

    Raises FileNotFoundError for a damaged installation.
    """
    places = (resource_root() / "manual", Path(__file__).resolve().parents[1] / "docs" / "manual")
    found = next((place for place in places if (place / "index.md").is_file()), None)
    if found is None:
        raise FileNotFoundError("The manual is missing from this installation. Install the app again.")
    return found


def made_pages() -> dict[str, str]:
    """The pages that follow from tables, by file name."""
    return {
        "query-language.md": _query_language(),
        "close-codes.md": _close_codes(),
        "scenarios.md": _scenarios(),
        "recipe-keys.md": _recipe_keys(),
        "command-line.md": _command_line(),
    }


def table(titles: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """A table in Markdown."""
    lines = [titles, tuple("---" for _ in titles), *rows]
    return "\n".join(f"| {' | '.join(map(_cell, line))} |" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())


def _query_language() -> str:
    return (
        "# Query language\n\n"
        "For the filters of [Frames](frames.md) and [Traces](traces.md), and for `--query` on the "
        "[command line](command-line.md). Write words to find them anywhere in payloads and fields; terms such as "
        "`dir:in` ask for one field. All that stands side by side must hold. The filter line completes them.\n\n"
        f"{help_markdown().rstrip()}\n\n{_MADE}\n"
    )


def _close_codes() -> str:
    rows = []
    for number, code in [*((str(int(each)), int(each)) for each in CloseCode), *_RANGES.items()]:
        info = explain(code)
        named = " ●" if code in DOCUMENTED else ""
        sent = "yes" if info.sendable else "no"
        advice = (str(info.advice), info.advice_sentence, info.source)
        rows.append((f"{number}{named}", info.name, info.meaning, sent, *advice))
    titles = ("Code", "Name", "Meaning", "May be sent", "Retry", "Advice", "Source of the advice")
    return (
        "# Close codes\n\n"
        "What a client should do after each; ● marks those that Optave's documentation names. A range stands for the "
        "codes in it that have no row of their own. [Endings](endings.md) tells for each connection how it really "
        "ended: 1005, 1006 and 1015 never come over the wire.\n\n"
        f"{table(titles, rows)}\n\n{_MADE}\n"
    )


def _parameters(scenario: Scenario) -> str:
    """Its parameters in words, and what else it asks for."""
    told = [f"`{each.name}={each.default}` {each.sentence} ({each.bounds})" for each in scenario.parameters]
    if scenario.needs not in (Need.NOTHING, Need.CONNECT):
        told.append(f"To see it: {scenario.needs}.")
    if scenario.needs_tls:
        told.append("Needs TLS.")
    return " ".join(told)


def _scenarios() -> str:
    parts = []
    titles = ("Name", "What the tenant does", "Parameters", "Ending")
    for kind in ScenarioKind:
        rows = [
            (f"`{each.name}`", each.sentence, _parameters(each), each.expected.sentence)
            for each in SCENARIOS.values()
            if each.kind is kind
        ]
        parts.append(f"## {_KINDS[kind]}\n\n{table(titles, rows)}")
    return (
        "# Scenarios of the local tenant\n\n"
        "The tenant on this machine can go wrong in these ways: **Local tenant ▸ Scenarios…**, `optave-inspector "
        "tenant --scenario close-1011:reason=boom`, or a [recipe](recipe.md). Each says the ending that it must lead "
        "to.\n\n"
        f"{chr(10).join(part + chr(10) for part in parts)}\n{_MADE}\n"
    )


def _recipe_keys() -> str:
    text = recipe_keys().replace("# Recipes\n", "# Recipes, key by key\n", 1).rstrip()
    return f"{text}\n"


def _command_line() -> str:
    import typer

    from .cli import app

    root: Any = typer.main.get_command(app)
    context = root.make_context("optave-inspector", [], resilient_parsing=True)
    parts = [
        "# Command line",
        "`optave-inspector` without a command opens the window. `--help` after a command says the same as here.",
    ]
    commands = [_command(name, root.get_command(context, name)) for name in sorted(root.list_commands(context))]
    return "\n\n".join([*parts, *commands, _MADE]) + "\n"


def _command(name: str, command: Any) -> str:
    context = command.make_context(name, [], resilient_parsing=True)
    words = "\n\n".join(" ".join(part.split()) for part in (command.help or "").split("\n\n"))
    records = [parameter.get_help_record(context) for parameter in command.params]
    rows = [(f"`{written}`", does) for written, does in filter(None, records)]
    listed = f"\n\n{table(('Write', 'What it does'), rows)}" if rows else ""
    return f"## optave-inspector {name}\n\n{words}{listed}"


def main() -> None:
    """Write the made pages into the folder that is named."""
    folder = Path(sys.argv[1])
    for name, text in made_pages().items():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
