"""Writing recipes as a person would: blocks in order, long texts on lines of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import tomlkit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def value_text(value: Any) -> str:
    """A value as it stands in a recipe."""
    match value:
        case bool():
            return "true" if value else "false"
        case int() | float():
            return str(value)
        case str():
            return _string(value)
        case dict():
            return f"{{ {', '.join(f'{_key(name)} = {value_text(each)}' for name, each in value.items())} }}"
    if len(value) < 2:
        return f"[{', '.join(map(value_text, value))}]"
    return "\n".join(["[", *(f"  {value_text(each)}," for each in value), "]"])


def block(header: str, content: Mapping[str, Any]) -> str:
    """A table under its header; an empty header for the top."""
    lines = [f"{_key(name)} = {value_text(value)}" for name, value in content.items()]
    return "\n".join([*([header] if header else []), *lines]) + "\n"


def recipe_text(
    comments: Iterable[str],
    top: Mapping[str, Any],
    connection: Mapping[str, Any],
    steps: Iterable[Mapping[str, Any]],
    ending: Mapping[str, Any],
) -> str:
    """A whole recipe."""
    said = "".join(f"# {line}\n" for comment in comments for line in comment.splitlines())
    parts = [
        said + block("", {"version": 1, **top}),
        block("[connection]", connection),
        *(block("[[step]]", step) for step in steps),
        block("[ending]", ending),
    ]
    return "\n".join(parts)


def _string(text: str) -> str:
    """Literal where that spares escapes, else with them."""
    lines = text.split("\n")
    if len(lines) > 1 and all(line.isprintable() for line in lines) and "'''" not in text and text[-1] != "'":
        return f"'''\n{text}'''"
    if "'" not in text and text.isprintable() and ('"' in text or "\\" in text):
        return f"'{text}'"
    return tomlkit.string(text).as_string()


def _key(name: str) -> str:
    bare = name.isascii() and name.replace("_", "").replace("-", "").isalnum()
    return name if bare else tomlkit.string(name).as_string()
