"""What is wrong with a recipe's text, and where."""

from __future__ import annotations

import msgspec

from ..errors import InspectorError


class Place(msgspec.Struct, frozen=True):
    """A stretch of a recipe's text, by offsets; for a person by line and column, both from 1."""

    start: int = 0
    end: int = 0
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"line {self.line}, column {self.column}"


class Problem(msgspec.Struct, frozen=True):
    """One thing that is wrong with a recipe."""

    place: Place
    sentence: str
    hint: str = ""

    def __str__(self) -> str:
        return f"{str(self.place).capitalize()}: {self.sentence} {self.hint}".strip()


class RecipeError(InspectorError):
    """A recipe cannot be used. ``problems`` are all that were found, in the order of the text."""

    def __init__(self, problems: list[Problem], name: str = "") -> None:
        first = problems[0]
        where = f"{name}, {first.place}" if name else str(first.place).capitalize()
        super().__init__(f"{where}: {first.sentence}", first.hint)
        self.problems = problems
        self.name = name

    @property
    def every(self) -> str:
        """All problems, one a line, each with its place."""
        start = f"{self.name}: " if self.name else ""
        return "\n".join(f"{start}{problem}" for problem in self.problems)
