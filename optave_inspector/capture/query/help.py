"""The help on the query language, made from the table of its keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from .terms import KEYS, OPERATORS, Key

if TYPE_CHECKING:
    from collections.abc import Sequence


class HelpRow(NamedTuple):
    """One row of the help."""

    term: str
    """What is written, in general."""
    sentence: str
    """What it means."""
    example: str
    """A query that can be read."""


_FORMS = (
    HelpRow(
        "text",
        "The text is anywhere in the payload or in action, state, correlation ID or summary, in any case.",
        "refund",
    ),
    HelpRow('"text"', r"The same, with spaces and signs; \" is a quote and \\ a backslash.", '"free text"'),
    HelpRow(
        "/expression/ims",
        "A regular expression of Python matches in the first 256 KiB of the payload;"
        " i ignores case, m lets ^ and $ match at line breaks, s lets . match them.",
        "/regex/i",
    ),
    HelpRow(
        "path:value",
        "A field of the payload's JSON. The colon finds a part of a string in any case, an equals sign the very string."
        " Words such as true, false and null and numbers mean these values; between quotes they are strings.",
        "payload.request.settings.disableStream:false",
    ),
    HelpRow("path:*", "Anything stands at the path, be it null.", "$.error:*"),
    HelpRow("path>value", "Numbers by size, strings by their characters.", "headers.networkLatencyMs>100"),
    HelpRow(
        '$.a[0] [-1] [*] ["b c"]',
        "Parts of a path: $ begins it, and is needed before a single name; an element from the front or from the end;"
        " every element; an odd name.",
        "payload.request.scope.conversations[*].messages[-1].content:refund",
    ),
    HelpRow("one two, one and two", "Both hold.", "dir:in action:adjust"),
    HelpRow("one or two", "One holds at least; and binds closer than or.", "state:error or is:invalid"),
    HelpRow("-one, not one", "It does not hold; an entry without such a field counts as well.", "-kind:ping"),
    HelpRow("( )", "What belongs together.", "dir:in (code:1006 or code:1011)"),
)


def help_text() -> list[HelpRow]:
    """One row for each form of term, then one for each key with its operators."""
    return [*_FORMS, *map(_row, KEYS.values())]


def help_markdown() -> str:
    """The help as Markdown: a table of the forms, of the operators, of the keys, and of the words that these take."""
    forms = [(f"`{row.term}`", row.sentence, f"`{row.example}`") for row in _FORMS]
    operators = [(f"`{operator}`", sentence) for operator, sentence in OPERATORS.items()]
    keys = [
        (
            f"`{key.name}`",
            _names(key.operators),
            key.kind.value.capitalize(),
            key.sentence,
            f"`{key.example}`",
        )
        for key in KEYS.values()
    ]
    words = [(f"`{key.name}:{choice.word}`", choice.sentence) for key in KEYS.values() for choice in key.choices]
    return "\n".join(
        [
            *_table(("Write", "Meaning", "Example"), forms),
            *_table(("Operator", "Meaning"), operators),
            *_table(("Key", "Operators", "Value", "Meaning", "Example"), keys),
            *_table(("Word", "Meaning"), words),
        ]
    )


def _row(key: Key) -> HelpRow:
    words = f" One of {', '.join(choice.word for choice in key.choices)}." if key.choices else ""
    aliases = f" Also {', '.join(key.aliases)}." if key.aliases else ""
    return HelpRow(f"{key.name} {' '.join(key.operators)}", f"{key.sentence}{words}{aliases}", key.example)


def _names(names: Sequence[str]) -> str:
    return " ".join(f"`{name}`" for name in names)


def _table(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    lines = [titles, ["---"] * len(titles), *rows]
    return [*(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines), ""]
