"""Streamed answers: each frame carries the whole text so far (``protocol.md`` section 8.3)."""

from __future__ import annotations

import asyncio
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

PARTS = 4
"""Into how many frames an answer is divided, where it is long enough."""
_JOINERS = frozenset("\u200c\u200d\ufe0e\ufe0f")


def growing(text: str, parts: int = PARTS) -> list[str]:
    """``text`` in up to ``parts`` steps, each beginning with the one before; the last is the whole.

    Cut between words where there are any, and never inside what a reader takes for one character.
    """
    steps: list[str] = []
    for part in range(1, parts):
        place = _cut(text, len(text) * part // parts)
        if place > (len(steps[-1]) if steps else 0) and place < len(text):
            steps.append(text[:place])
    return [*steps, text]


def _cut(text: str, place: int) -> int:
    space = text.find(" ", place, place + 20)
    if space >= 0:
        return space
    while 0 < place < len(text) and _belongs_together(text[place - 1], text[place]):
        place += 1
    return place


def _belongs_together(before: str, after: str) -> bool:
    flag = 0x1F1E6 <= ord(before) <= 0x1F1FF and 0x1F1E6 <= ord(after) <= 0x1F1FF
    tone = 0x1F3FB <= ord(after) <= 0x1F3FF
    return flag or tone or before == "\u200d" or after in _JOINERS or unicodedata.combining(after) != 0


async def paced(steps: list[str], interval_s: float) -> AsyncIterator[tuple[str, bool]]:
    """Each of ``steps`` at its time, the first after one interval, and whether it is the last.

    A text of one step still has a partial frame first, so that every stream shows both states.
    """
    loop = asyncio.get_running_loop()
    due = loop.time()
    frames = steps if len(steps) > 1 else steps * 2
    for number, text in enumerate(frames, 1):
        due += interval_s
        await asyncio.sleep(max(due - loop.time(), 0))
        yield text, number == len(frames)
