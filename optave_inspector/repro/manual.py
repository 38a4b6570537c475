"""How recipes are written, as a page: made of the account by which they are read, and of the recipes that ship.

``python -m optave_inspector.repro.manual`` prints what is kept as ``docs/recipes.md``; a test fails when it is out of
date.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from ..compose.variables import GENERATORS
from . import keys
from .keys import Key, Kind
from .shipped import shipped, titles

if TYPE_CHECKING:
    from collections.abc import Iterable

_INTRODUCTION = """\
# Recipes

A recipe is a reproduction as a text file: how to connect, what to do step by step, and the ending that is expected. It
is TOML ([toml.io](https://toml.io)), its name ends with `.optave-recipe.toml`, and it holds no secret: whoever runs it
gives those by keyring or environment. The panel **Recipe** of the window runs and changes recipes, `optave-inspector
run` runs them without it, and “Save as recipe” in the log, in Traces and in Endings makes one of what happened.

    {example}

Times are written as `500 ms`, `2 s`, `5 min` or `1 h`. Editors that know JSON Schema complete and check recipes by
`resources/recipes/recipe.schema.json`. This page is made by `python -m optave_inspector.repro.manual`.
"""
_EXAMPLE = "close-1008-token-used-twice"


def page() -> str:
    """The whole page."""
    example = (
        shipped()[_EXAMPLE].read_text(encoding="utf-8").strip().replace("\n", "\n    ").replace("\n    \n", "\n\n")
    )
    lines = [_INTRODUCTION.format(example=example)]
    lines += ["## At the top", "", *_table(keys.TOP)]
    lines += [
        "",
        "## Connection",
        "",
        f'`connection = "{keys.LOCAL_TENANT}"`, the name of a profile, or a table with `use`, `profile` or `url`:',
    ]
    for way, others in keys.CONNECTION_GROUPS.items():
        main = next(key for key in keys.CONNECTION if key.name == way)
        lines += ["", f"### With `{way}`", "", *_table((main, *others))]
    lines += ["", "## Steps", "", "Each `[[step]]` does one thing, named by its first key.", ""]
    for each in keys.STEPS:
        only = f' = "{each.main.choices[0]}"' if each.main.name == "expect" else ""
        lines += [f"### `{each.main.name}{only}`", "", *_table((each.main, *each.options)), ""]
    lines += ["### Checks", "", "Each entry of `where`: a path, and one of the others.", "", *_table(keys.CHECK)]
    lines += ["", "## Ending", "", "The table `[ending]`.", "", *_table(keys.ENDING)]
    lines += [
        "",
        "## Variables",
        "",
        "Texts under `[variables]` are put in as `{{name}}` wherever a step takes text. Without being declared:",
        "",
        *(f"- `{{{{{name}}}}}`: {what}" for name, what in GENERATORS.items()),
        "",
        "## Recipes that ship with the app",
        "",
        "| name | what it shows |",
        "|---|---|",
        *(f"| `{name}` | {title} |" for name, title in titles().items()),
    ]
    return "\n".join(lines) + "\n"


def _table(wanted: Iterable[Key]) -> list[str]:
    rows = [f"| `{key.name}`{' (needed)' if key.required else ''} | {_kind(key)} | {key.meaning} |" for key in wanted]
    return ["| key | value | what it is |", "|---|---|---|", *rows]


def _kind(key: Key) -> str:
    if key.kind is Kind.CHOICE:
        return ", ".join(f"`{choice}`" for choice in key.choices)
    if key.kind is Kind.WHOLE and key.least != key.most:
        return f"a whole number from {key.least} to {key.most:,}"
    return key.kind.value


if __name__ == "__main__":
    sys.stdout.write(page())
