"""The fewest steps of a recipe that still end the same way: delta debugging, where each try is a real run.

Zeller and Hildebrandt, “Simplifying and Isolating Failure-Inducing Input” (2002): leave out parts, first large ones,
then smaller ones, and keep every leaving-out after which the ending is the same.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

import msgspec

from ..errors import InspectorError
from .problems import RecipeError
from .reading import read_recipe
from .recipe import every_step
from .toml_places import TomlText

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from .recipe import Recipe
    from .results import RunResult
    from .toml_places import Path

MOST_TRIES = 200
LONGEST_S = 600.0
_SPARE_S = 3.0


class Shrunk(msgspec.Struct, frozen=True):
    """What shrinking came to."""

    text: str
    """The recipe with the steps that are needed."""
    before: int
    """How many steps there were."""
    after: int
    tries: int
    complete: bool
    """No further step can be left out; false where tries or time ran out."""
    ending: str
    """The ending that was kept, in words."""

    @property
    def sentence(self) -> str:
        """What came of it."""
        if self.before == self.after and self.complete:
            return f"None of the {self.before} steps can be left out ({self.tries} tries)."
        enough = f"{self.after} of {self.before} steps are enough for the same ending ({self.tries} tries)"
        more = "" if self.complete else " Tries or time ran out before all was tried."
        return f"{enough}: {self.ending}{more}"


async def shrink(
    text: str,
    name: str,
    attempt: Callable[[Recipe], Awaitable[RunResult]],
    progress: Callable[[int, int], None] = lambda _tries, _steps: None,
    *,
    most_tries: int = MOST_TRIES,
    longest_s: float = LONGEST_S,
) -> Shrunk:
    """Shrink the recipe ``text``. ``attempt`` runs one; ``progress`` hears of the tries and the steps that are left.

    What counts is the ending as it comes in the first run, and where that is as the recipe expects, that it stays so.
    Raises :class:`RecipeError`, and InspectorError where there is nothing to compare with.
    """
    work = _Shrinking(text, name, attempt, progress, most_tries, time.monotonic() + longest_s)
    return await work.run()


class _Shrinking:
    def __init__(
        self,
        text: str,
        name: str,
        attempt: Callable[[Recipe], Awaitable[RunResult]],
        progress: Callable[[int, int], None],
        most_tries: int,
        deadline: float,
    ) -> None:
        self._toml = TomlText(text)
        self._name = name
        self._attempt = attempt
        self._progress = progress
        self._most_tries = most_tries
        self._deadline = deadline
        self._tries = 0
        self._known: dict[frozenset[Path], bool] = {}
        self._first: RunResult | None = None

    async def run(self) -> Shrunk:
        recipe = read_recipe(self._toml.text, self._name)
        before = len(every_step(recipe.steps))
        units = [path for path, _ in self._toml.headers if path[0] == "step"]
        if len(units) != before:
            raise InspectorError("Only steps that are written as [[step]] can be left out.", "Write each as a block.")
        self._first = first = await self._attempt(recipe)
        self._tries = 1
        if first.cancelled or not first.outcome.kind:
            raise InspectorError("The recipe came to no ending that could be kept.", first.sentence)
        kept, complete = await self._reduce(units)
        text = self._only(kept)
        after = len(every_step(read_recipe(text).steps))
        if after < before:
            text = f"# {after} of {before} steps: found by leaving out what does not change the ending.\n{text}"
        return Shrunk(text, before, after, self._tries, complete, first.outcome.words)

    async def _reduce(self, units: list[Path]) -> tuple[list[Path], bool]:
        parts = 2
        while units:
            size = max(1, -(-len(units) // parts))
            for start in range(0, len(units), size):
                rest = units[:start] + units[start + size :]
                same = await self._ends_the_same(rest)
                if same is None:
                    return units, False
                if same:
                    units, parts = rest, max(parts - 1, 2)
                    break
            else:
                if size == 1:
                    return units, True
                parts = min(parts * 2, len(units))
        return units, True

    async def _ends_the_same(self, kept: list[Path]) -> bool | None:
        """None where there is no more time to find out."""
        key = frozenset(kept)
        if key in self._known:
            return self._known[key]
        try:
            recipe = read_recipe(self._only(kept), self._name)
        except RecipeError:
            self._known[key] = False
            return False
        if self._tries >= self._most_tries or time.monotonic() > self._deadline:
            return None
        self._tries += 1
        self._progress(self._tries, len(every_step(recipe.steps)))
        self._known[key] = same = await self._try(recipe)
        return same

    async def _try(self, recipe: Recipe) -> bool:
        first = self._first
        assert first is not None
        try:
            async with asyncio.timeout(first.elapsed_s * 3 + _SPARE_S):
                result = await self._attempt(recipe)
        except TimeoutError:
            return False
        return result.outcome.signature == first.outcome.signature and (result.reproduced or not first.reproduced)

    def _only(self, kept: Sequence[Path]) -> str:
        """The text with no other steps than those at ``kept``."""
        paths = [path for path, _ in self._toml.headers if path[0] == "step" and path not in set(kept)]
        gone = sorted(block for path in paths if (block := self._toml.block(path)) is not None)
        parts, at = [], 0
        for start, end in gone:
            if start >= at:
                parts.append(self._toml.text[at:start])
            at = max(at, end)
        return "".join([*parts, self._toml.text[at:]])
