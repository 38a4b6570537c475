"""What is wrong with a file that is to be read, and where."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...errors import InspectorError

if TYPE_CHECKING:
    from pathlib import Path


class FormatError(InspectorError):
    """A file that cannot be understood.

    ``line`` counts from 1 and ``position`` in bytes from the file's beginning; None where there is no place to name.
    """

    def __init__(self, path: Path, problem: str, *, line: int | None = None, position: int | None = None) -> None:
        places = []
        if line is not None:
            places.append(f"line {line}")
        if position is not None:
            places.append(f"byte {position}")
        where = f", {', '.join(places)}" if places else ""
        super().__init__(f"{path.name}{where}: {problem}", "Nothing was imported.")
        self.path = path
        self.problem = problem
        self.line = line
        self.position = position
